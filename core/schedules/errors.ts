import { Exception } from '@adonisjs/core/exceptions'

type Translation = { key: string; data?: Record<string, unknown> }

/** A rule of recurrence that cannot be read or followed */
export class RecurrenceError extends Exception {
  static override status = 422
  static override code = 'E_RECURRENCE'
  field = 'rule'
  translation: Translation

  constructor(
    what: 'unreadable' | 'part' | 'frequency' | 'hourly' | 'end',
    part: string,
    options?: ErrorOptions
  ) {
    super(`The rule of recurrence is not possible (${what}): ${part}`, options)
    this.translation = { key: `campaigns.errors.recurrence_${what}`, data: { part } }
  }
}
