import { KernelError, type Sentence } from '#core/errors/kernel_error'

/** The channel is sold already */
export class ServiceExistsError extends KernelError {
  static override status = 422
  static override code = 'E_SERVICE_EXISTS'
  override readonly translation: Sentence = { key: 'billing.errors.service_exists' }
}

/** Clients could not be told a price, so the service cannot be published */
export class ServiceUnpricedError extends KernelError {
  static override status = 422
  static override code = 'E_SERVICE_UNPRICED'
  override readonly translation: Sentence

  constructor(unit: string) {
    super(`No price for ${unit} is in force`)
    this.translation = { key: 'billing.errors.service_unpriced', data: { unit } }
  }
}

/** A price cannot be added as it was asked; the sentence stands at its field */
export class RateRefusedError extends KernelError {
  static override status = 422
  static override code = 'E_RATE_REFUSED'
  override readonly translation: Sentence

  constructor(
    why: 'price' | 'decimals' | 'past' | 'taken' | 'unit',
    override readonly field: string,
    options: ErrorOptions = {}
  ) {
    super(`The price was refused: ${why}`, options)
    this.translation = { key: `billing.errors.rate_${why}` }
  }
}
