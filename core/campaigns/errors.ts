import { KernelError, type Sentence } from '#core/errors/kernel_error'
import type { CampaignState } from './lifecycle/states.js'

/** Somebody else moved the campaign on, or the step is not possible from its state */
export class CampaignStateError extends KernelError {
  static override status = 409
  static override code = 'E_CAMPAIGN_STATE'
  override translation: Sentence

  constructor(o: { state: CampaignState; wanted: CampaignState }) {
    super(`A campaign that is ${o.state} cannot become ${o.wanted}`)
    this.translation = { key: `campaigns.errors.state_${o.state}`, data: o }
  }
}

/** The brief is not complete, or nobody can be reached */
export class CampaignNotReadyError extends KernelError {
  static override status = 422
  static override code = 'E_CAMPAIGN_NOT_READY'
  override translation: Sentence

  constructor(
    readonly what: 'brief' | 'audience' | 'nobody' | 'template' | 'past' | 'asking',
    options?: ErrorOptions
  ) {
    super(`The campaign is not ready: ${what}`, options)
    this.translation = { key: `campaigns.errors.not_ready_${what}` }
  }
}

/** What a campaign says cannot be sent: its field and its sentence say why */
export class MessageInvalidError extends CampaignNotReadyError {
  override readonly field: string

  constructor(o: { from: string; translation: Sentence; cause?: unknown }) {
    super('template', { cause: o.cause })
    this.field = `brief.${o.from}`
    this.translation = o.translation
  }
}

/** Shown when a campaign does not exist, or belongs to somebody else: the same answer */
export class CampaignNotFoundError extends KernelError {
  static override status = 404
  static override code = 'E_CAMPAIGN_NOT_FOUND'
}

/** The service of a campaign that is to be copied is not for sale any more */
export class ServiceWithdrawnError extends KernelError {
  static override status = 409
  static override code = 'E_SERVICE_WITHDRAWN'
  override translation: Sentence = { key: 'campaigns.errors.service_withdrawn' }
}

/** Nothing that could carry the campaign is for sale */
export class NoServiceError extends KernelError {
  static override status = 409
  static override code = 'E_NO_SERVICE'
  override translation: Sentence = { key: 'campaigns.errors.no_service' }
}

/** The operator has closed launches for a while, for all or for this account */
export class LaunchesClosedError extends KernelError {
  static override status = 503
  static override code = 'E_LAUNCHES_CLOSED'
  override translation: Sentence = { key: 'campaigns.errors.launches_closed' }
}

/** An occurrence would cost more than a person approved for one */
export class CeilingExceededError extends KernelError {
  static override status = 422
  static override code = 'E_CEILING_EXCEEDED'
  readonly amount: bigint
  readonly ceiling: bigint

  /** Minor units */
  constructor(o: { amount: bigint; ceiling: bigint }) {
    super(`The occurrence would cost ${o.amount}, approved are ${o.ceiling}`)
    this.amount = o.amount
    this.ceiling = o.ceiling
  }
}

/** The ceiling that somebody typed does not even pay the first occurrence */
export class CeilingTooLowError extends KernelError {
  static override status = 422
  static override code = 'E_CEILING_TOO_LOW'
  override field = 'ceiling'
  override translation: Sentence

  /** @param least minor units */
  constructor(least: bigint) {
    super(`The ceiling is below ${least}`)
    this.translation = { key: 'campaigns.errors.ceiling_too_low', data: { least: Number(least) } }
  }
}

/** Two fields of the sending step do not go together, or one that the choice needs is missing */
export class SendingError extends KernelError {
  static override status = 422
  static override code = 'E_SENDING'
  override field: string
  override translation: Sentence

  constructor(
    what:
      | 'start'
      | 'past'
      | 'zone'
      | 'weekdays'
      | 'rule'
      | 'until'
      | 'count'
      | 'end_before_start'
      | 'newcomers_kind',
    field: string
  ) {
    super(`The sending step is not complete: ${what} (${field})`)
    this.field = field
    this.translation = { key: `campaigns.errors.sending_${what}` }
  }
}
