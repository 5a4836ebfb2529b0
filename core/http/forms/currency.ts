/*
| Decimals of the currencies in use (ISO 4217). Others are asked of Intl.
*/
const EXPONENTS: Readonly<Record<string, number>> = { XOF: 0, XAF: 0, GNF: 0, EUR: 2, USD: 2 }

/**
 * How many digits of a minor unit stand after the decimal mark: 0 for XOF and XAF, 2 for EUR.
 *
 * @param currency - an ISO 4217 code
 */
export function currencyExponent(currency: string): number {
  return (
    EXPONENTS[currency] ??
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
      .maximumFractionDigits ??
    2
  )
}

/**
 * An integer of 10^-exponent units as an exact decimal text: (12345n, 2) is "123.45".
 */
export function decimalText(value: bigint, exponent: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const fraction = digits.slice(digits.length - exponent)
  return `${value < 0n ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
}
