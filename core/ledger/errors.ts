import { Exception } from '@adonisjs/core/exceptions'

/** The wallet does not hold enough. Nothing moved */
export class InsufficientFundsError extends Exception {
  static override status = 422
  static override code = 'E_FUNDS_INSUFFICIENT'
  translation = { key: 'ledger.errors.insufficient_funds' }
}

/** One idempotency key came with two different requests */
export class IdempotencyConflictError extends Exception {
  static override status = 409
  static override code = 'E_IDEMPOTENCY_CONFLICT'
  translation = { key: 'ledger.errors.idempotency_conflict' }
}
