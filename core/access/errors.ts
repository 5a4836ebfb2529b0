import type { Asker, Permission } from './abilities.js'
import { KernelError, type Sentence } from '#core/errors/kernel_error'

/** The person is known, but their role does not allow this */
export class NotAllowedError extends KernelError {
  static override status = 403
  static override code = 'E_NOT_ALLOWED'
  override readonly translation: Sentence

  constructor(o: { asker: Asker; permission: Permission }) {
    super(`The role ${o.asker.role} has no right to ${o.permission}`)
    this.translation = {
      key:
        o.asker.face === 'admin'
          ? 'access.errors.staff_not_allowed'
          : 'identity.errors.not_allowed',
    }
  }
}

/** Nobody would be left to manage the staff */
export class LastAdminError extends KernelError {
  static override status = 422
  static override code = 'E_LAST_ADMIN'
  override readonly translation: Sentence = { key: 'access.errors.last_admin' }
}

/** Half of a pair of sending rules is missing, or they leave no hour to send in */
export class SendingRulesError extends KernelError {
  static override status = 422
  static override code = 'E_SENDING_RULES'
  override readonly translation: Sentence

  constructor(
    what: 'quiet_pair' | 'quiet_same' | 'cap_pair',
    override readonly field: string
  ) {
    super(`The sending rules are not complete: ${what} (${field})`)
    this.translation = { key: `access.errors.sending_${what}` }
  }
}
