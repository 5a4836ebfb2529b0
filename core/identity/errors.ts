import { Exception } from '@adonisjs/core/exceptions'

type Translation = { key: string; data?: Record<string, unknown> }

/** Somebody signed up with this address before */
export class AddressTakenError extends Exception {
  static override status = 422
  static override code = 'E_ADDRESS_TAKEN'
  translation: Translation = { key: 'identity.errors.address_taken' }
  field = 'email'
}

/** Wrong address or password: the same words for both, so that nobody learns who has an account */
export class WrongCredentialsError extends Exception {
  static override status = 422
  static override code = 'E_CREDENTIALS_WRONG'
  translation: Translation = { key: 'identity.errors.credentials' }
}

/** A link of a mail that was used, is too old, or never was */
export class LinkInvalidError extends Exception {
  static override status = 410
  static override code = 'E_LINK_INVALID'
  translation: Translation = { key: 'identity.errors.link_invalid' }
}

/** Too many tries from one place or for one address */
export class TooManyTriesError extends Exception {
  static override status = 429
  static override code = 'E_TOO_MANY_TRIES'
  translation: Translation

  constructor(seconds: number) {
    super(`Too many tries; again in ${seconds} s`)
    this.translation = {
      key: 'identity.errors.too_many',
      data: { minutes: Math.max(1, Math.ceil(seconds / 60)) },
    }
  }
}

/** The company was suspended by the operator */
export class AccountSuspendedError extends Exception {
  static override status = 403
  static override code = 'E_ACCOUNT_SUSPENDED'
  translation: Translation = { key: 'identity.errors.suspended' }
}

/** The person is in the account already */
export class AlreadyMemberError extends Exception {
  static override status = 422
  static override code = 'E_ALREADY_MEMBER'
  readonly translation: Translation
  readonly field = 'email'

  constructor(email: string) {
    super(`${email} is a member already`)
    this.translation = { key: 'access.errors.already_member', data: { email } }
  }
}

/** Nobody of the account has this id */
export class MemberUnknownError extends Exception {
  static override status = 404
  static override code = 'E_MEMBER_UNKNOWN'
}

/** Nobody would be left to manage the account */
export class LastOwnerError extends Exception {
  static override status = 422
  static override code = 'E_LAST_OWNER'
  readonly translation: Translation = { key: 'access.errors.last_owner' }
}

/** An invitation is for somebody else than who is signed in, or for somebody who has to sign in first */
export class InvitationElsewhereError extends Exception {
  static override status = 403
  static override code = 'E_INVITATION_ELSEWHERE'
  readonly translation: Translation

  constructor(email: string) {
    super(`The invitation is for ${email}`)
    this.translation = { key: 'identity.errors.invitation_elsewhere', data: { email } }
  }
}
