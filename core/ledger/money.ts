/** A millionth of a minor unit: prices are that fine, settled amounts are whole */
export const MICRO = 1_000_000n

/**
 * Rounds micro-units to minor units, half up. Rounding is cumulative: what is captured is the difference of two
 * rounded totals, so any cutting into chunks gives the same sum.
 *
 * @param micro millionths of a minor unit, not negative
 */
export function roundMicro(micro: bigint): bigint {
  return (micro + MICRO / 2n) / MICRO
}
