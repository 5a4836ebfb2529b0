import { Exception } from '@adonisjs/core/exceptions'

type Translation = { key: string; data?: Record<string, unknown> }

/** A unit of the estimate has no price on the rate card */
export class PriceMissingError extends Exception {
  static override status = 422
  static override code = 'E_PRICE_MISSING'
  translation: Translation

  constructor(o: { unit: string; prefix: string; currency: string }) {
    super(`No price for ${o.unit}${o.prefix ? ` to +${o.prefix}` : ''} in ${o.currency}`)
    this.translation = { key: 'billing.errors.price_missing', data: o }
  }
}

/** A quote is only good until its expiry */
export class QuoteExpiredError extends Exception {
  static override status = 422
  static override code = 'E_QUOTE_EXPIRED'
  translation: Translation = { key: 'billing.errors.quote_expired' }
}

/** Brief, audience or prices changed since the quote was made */
export class QuoteStaleError extends Exception {
  static override status = 422
  static override code = 'E_QUOTE_STALE'
  translation: Translation = { key: 'billing.errors.quote_stale' }
}

/** The channel's estimator answered something that is not an estimate */
export class EstimateInvalidError extends Exception {
  static override status = 502
  static override code = 'E_ESTIMATE_INVALID'
  translation: Translation = { key: 'billing.errors.estimate_invalid' }
}
