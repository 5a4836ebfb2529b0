import { KernelError, type Sentence } from '#core/errors/kernel_error'

/** A rule of recurrence that cannot be read or followed */
export class RecurrenceError extends KernelError {
  static override status = 422
  static override code = 'E_RECURRENCE'
  override field = 'rule'
  override translation: Sentence

  constructor(
    what: 'unreadable' | 'part' | 'frequency' | 'hourly' | 'end',
    part: string,
    options?: ErrorOptions
  ) {
    super(`The rule of recurrence is not possible (${what}): ${part}`, options)
    this.translation = { key: `campaigns.errors.recurrence_${what}`, data: { part } }
  }
}
