import { KernelError, type Sentence } from '#core/errors/kernel_error'

/** A unit of the estimate has no price on the rate card */
export class PriceMissingError extends KernelError {
  static override status = 422
  static override code = 'E_PRICE_MISSING'
  override translation: Sentence

  constructor(o: { unit: string; prefix: string; currency: string }) {
    super(`No price for ${o.unit}${o.prefix ? ` to +${o.prefix}` : ''} in ${o.currency}`)
    this.translation = { key: 'billing.errors.price_missing', data: o }
  }
}

/** A quote is only good until its expiry */
export class QuoteExpiredError extends KernelError {
  static override status = 422
  static override code = 'E_QUOTE_EXPIRED'
  override translation: Sentence = { key: 'billing.errors.quote_expired' }
}

/** Brief, audience or prices changed since the quote was made */
export class QuoteStaleError extends KernelError {
  static override status = 422
  static override code = 'E_QUOTE_STALE'
  override translation: Sentence = { key: 'billing.errors.quote_stale' }
}

/** The channel's estimator answered something that is not an estimate */
export class EstimateInvalidError extends KernelError {
  static override status = 502
  static override code = 'E_ESTIMATE_INVALID'
  override translation: Sentence = { key: 'billing.errors.estimate_invalid' }
}
