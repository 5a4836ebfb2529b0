import { KernelError, type Sentence } from '#core/errors/kernel_error'

/** Somebody signed up with this address before */
export class AddressTakenError extends KernelError {
  static override status = 422
  static override code = 'E_ADDRESS_TAKEN'
  override translation: Sentence = { key: 'identity.errors.address_taken' }
  override field = 'email'
}

/** Wrong address or password: the same words for both, so that nobody learns who has an account */
export class WrongCredentialsError extends KernelError {
  static override status = 422
  static override code = 'E_CREDENTIALS_WRONG'
  override translation: Sentence = { key: 'identity.errors.credentials' }
}

/** A link of a mail that was used, is too old, or never was */
export class LinkInvalidError extends KernelError {
  static override status = 410
  static override code = 'E_LINK_INVALID'
  override translation: Sentence = { key: 'identity.errors.link_invalid' }
}

/** Too many tries from one place or for one address */
export class TooManyTriesError extends KernelError {
  static override status = 429
  static override code = 'E_TOO_MANY_TRIES'
  override translation: Sentence

  constructor(seconds: number) {
    super(`Too many tries; again in ${seconds} s`)
    this.translation = {
      key: 'identity.errors.too_many',
      data: { minutes: Math.max(1, Math.ceil(seconds / 60)) },
    }
  }
}

/** The company was suspended by the operator */
export class AccountSuspendedError extends KernelError {
  static override status = 403
  static override code = 'E_ACCOUNT_SUSPENDED'
  override translation: Sentence = { key: 'identity.errors.suspended' }
}

/** The person is in the account already */
export class AlreadyMemberError extends KernelError {
  static override status = 422
  static override code = 'E_ALREADY_MEMBER'
  override readonly translation: Sentence
  override readonly field = 'email'

  constructor(email: string) {
    super(`${email} is a member already`)
    this.translation = { key: 'access.errors.already_member', data: { email } }
  }
}

/** Nobody of the account has this id */
export class MemberUnknownError extends KernelError {
  static override status = 404
  static override code = 'E_MEMBER_UNKNOWN'
}

/** Nobody would be left to manage the account */
export class LastOwnerError extends KernelError {
  static override status = 422
  static override code = 'E_LAST_OWNER'
  override readonly translation: Sentence = { key: 'access.errors.last_owner' }
}

/** An invitation is for somebody else than who is signed in, or for somebody who has to sign in first */
export class InvitationElsewhereError extends KernelError {
  static override status = 403
  static override code = 'E_INVITATION_ELSEWHERE'
  override readonly translation: Sentence

  constructor(email: string) {
    super(`The invitation is for ${email}`)
    this.translation = { key: 'identity.errors.invitation_elsewhere', data: { email } }
  }
}
