import { Exception } from '@adonisjs/core/exceptions'

type Translation = { readonly key: string; readonly data?: Record<string, unknown> }

/** An amount that somebody typed cannot be used; the sentence stands at its field */
export class AmountError extends Exception {
  static override status = 422
  static override code = 'E_AMOUNT'
  readonly translation: Translation

  constructor(
    why: 'unreadable' | 'too_small' | 'too_large',
    readonly field: string,
    o: ErrorOptions & { data?: Record<string, unknown> } = {}
  ) {
    super(`The amount is ${why.replace('_', ' ')}`, o)
    this.translation = { key: `ledger.errors.amount_${why}`, data: o.data }
  }
}
