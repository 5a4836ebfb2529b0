import type { Estimate } from '@griot/sdk'
import { EstimateInvalidError } from './errors.js'

/**
 * Checks what a stranger's estimator answered: whole numbers, minimum ≤ expected ≤ maximum, units of the channel.
 *
 * @throws EstimateInvalidError naming what is wrong; the code is for the operator, the client sees one sentence
 */
export function checkEstimate(value: unknown, units: readonly string[]): Estimate {
  const quantities = (value as Estimate | null)?.quantities
  if (!Array.isArray(quantities))
    throw new EstimateInvalidError('the estimator gave no list of quantities')

  for (const quantity of quantities as Estimate['quantities']) {
    const { minimum, expected, maximum } = quantity
    if (!units.includes(quantity.unit))
      throw new EstimateInvalidError(
        `the estimator used the unit "${quantity.unit}", which the channel does not declare`
      )
    if (
      ![minimum, expected, maximum].every((n) => Number.isSafeInteger(n) && n >= 0) ||
      minimum > expected ||
      expected > maximum
    ) {
      throw new EstimateInvalidError(
        `quantities of ${quantity.unit} must be whole and minimum ≤ expected ≤ maximum, got ${minimum}, ${expected}, ${maximum}`
      )
    }
    if (quantity.prefix !== undefined && !/^[0-9]{0,15}$/.test(quantity.prefix)) {
      throw new EstimateInvalidError(`a prefix is digits only, got "${quantity.prefix}"`)
    }
    if (typeof quantity.because?.fr !== 'string' || typeof quantity.because.en !== 'string') {
      throw new EstimateInvalidError(
        `the line of ${quantity.unit} does not explain itself in both languages`
      )
    }
  }
  return value as Estimate
}
