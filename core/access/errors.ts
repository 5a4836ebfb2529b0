import { Exception } from '@adonisjs/core/exceptions'

/** The person is known, but their role does not allow this */
export class NotAllowedError extends Exception {
  static override status = 403
  static override code = 'E_NOT_ALLOWED'
  translation = { key: 'identity.errors.not_allowed' }
}
