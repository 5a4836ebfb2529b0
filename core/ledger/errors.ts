import { KernelError } from '#core/errors/kernel_error'

/** The wallet does not hold enough. Nothing moved */
export class InsufficientFundsError extends KernelError {
  static override status = 422
  static override code = 'E_FUNDS_INSUFFICIENT'
  override translation = { key: 'ledger.errors.insufficient_funds' }
}

/** One idempotency key came with two different requests */
export class IdempotencyConflictError extends KernelError {
  static override status = 409
  static override code = 'E_IDEMPOTENCY_CONFLICT'
  override translation = { key: 'ledger.errors.idempotency_conflict' }
}
