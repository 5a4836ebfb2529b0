import { Exception } from '@adonisjs/core/exceptions'

type Translation = { readonly key: string; readonly data?: Record<string, unknown> }

/** The channel is sold already */
export class ServiceExistsError extends Exception {
  static override status = 422
  static override code = 'E_SERVICE_EXISTS'
  readonly translation: Translation = { key: 'billing.errors.service_exists' }
}

/** Clients could not be told a price, so the service cannot be published */
export class ServiceUnpricedError extends Exception {
  static override status = 422
  static override code = 'E_SERVICE_UNPRICED'
  readonly translation: Translation

  constructor(unit: string) {
    super(`No price for ${unit} is in force`)
    this.translation = { key: 'billing.errors.service_unpriced', data: { unit } }
  }
}

/** A price cannot be added as it was asked; the sentence stands at its field */
export class RateRefusedError extends Exception {
  static override status = 422
  static override code = 'E_RATE_REFUSED'
  readonly translation: Translation

  constructor(
    why: 'price' | 'decimals' | 'past' | 'taken' | 'unit',
    readonly field: string,
    options: ErrorOptions = {}
  ) {
    super(`The price was refused: ${why}`, options)
    this.translation = { key: `billing.errors.rate_${why}` }
  }
}
