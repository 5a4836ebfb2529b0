import { KernelError, type Sentence } from '#core/errors/kernel_error'

/** An amount that somebody typed cannot be used; the sentence stands at its field */
export class AmountError extends KernelError {
  static override status = 422
  static override code = 'E_AMOUNT'
  override readonly translation: Sentence

  constructor(
    why: 'unreadable' | 'too_small' | 'too_large',
    override readonly field: string,
    o: ErrorOptions & { data?: Record<string, unknown> } = {}
  ) {
    super(`The amount is ${why.replace('_', ' ')}`, o)
    this.translation = { key: `ledger.errors.amount_${why}`, data: o.data }
  }
}
