import type { Text } from './text.js'

/** Which delivery a receipt is about: by the key that `send` returned, or by the id that `send` was given */
export type FactSubject = { readonly providerKey: string } | { readonly deliveryId: string }

/** What can come back about a delivery after its outcome */
export type ReceiptKind =
  | 'delivered'
  | 'failed'
  | 'read'
  | 'opened'
  | 'clicked'
  | 'replied'
  | 'answered'
  | 'ended'
  | 'complained'
  | 'unsubscribed'

type FactCommon = {
  /** The far side's own name of this fact: the same id is the same fact, however often it is told. 200 characters at most */
  readonly id: string
  /** When it happened over there */
  readonly at: Date
  /** What received it over there, where a plugin has several: ids are unique within it */
  readonly endpoint?: string
}

/** What became of a delivery */
export type ReceiptFact = FactCommon & {
  readonly kind: 'receipt'
  readonly of: FactSubject
  readonly is: ReceiptKind
  /** For `failed`: the address is dead, not only this message undelivered. It is not written to again */
  readonly permanent?: boolean
  /** Whether nothing more comes about it. `delivered`, `failed` and `ended` are final unless told */
  readonly final?: boolean
  /** What was truly used, when that is known late: the seconds of a call. For channels that are charged by what became of a message */
  readonly units?: Readonly<Record<string, number>>
}

/**
 * What somebody wrote back. A word such as STOP or ARRET ends the messages to that address; all else becomes a conversation of the account
 * that had written to it last
 */
export type MessageFact = FactCommon & {
  readonly kind: 'message'
  /** Address of who wrote: an e-mail address, or a phone number in E.164 */
  readonly from: string
  /** 10,000 characters at most count */
  readonly text: string
  /** The delivery that it answers, where the far side says so */
  readonly inReplyTo?: FactSubject
}

/**
 * What somebody answered to a question over there: a menu, a form, keys pressed during a call. It becomes a field of the contact that was
 * written to; the newest answer to a field counts, in whatever order they come
 */
export type AnswerFact = FactCommon & {
  readonly kind: 'answer'
  /** Address of who answered, as for a message */
  readonly from: string
  /** Name of the contact's field: letters, figures, spaces, `_` and `-`, 60 characters at most */
  readonly field: string
  /** 1,000 characters at most count */
  readonly value: string
  /** The delivery that asked, where the far side knows it */
  readonly inReplyTo?: FactSubject
}

/** What the far side says of a campaign as a whole: it stands in the campaign's history, where the client and staff read it */
export type NoticeFact = FactCommon & {
  readonly kind: 'notice'
  readonly about: {
    /** `run.id`, of a run of this plugin */
    readonly run: number
  }
  /** `blocked`: it does not go on over there */
  readonly level: 'info' | 'warning' | 'blocked'
  /** The far side's code, or one of the plugin's own */
  readonly code: string
  /** 500 characters at most count, in each language */
  readonly text: Text
}

/** What came back from the far side. It is told in the order in which it came, and recorded once */
export type Fact = ReceiptFact | MessageFact | AnswerFact | NoticeFact

export type FactsAnswer = {
  /** Facts that were new, and are durable now */
  readonly recorded: number
  /** Facts that were known: nothing changed */
  readonly repeated: number
  /** Facts about a delivery that is not known yet. They are kept for a day and matched when its outcome is written */
  readonly parked: number
}

/** The one door for all that comes back from a far side */
export interface FactsReporter {
  /**
   * Tells the kernel what came back. Resolves when all of it is durable; telling it again changes nothing.
   *
   * @param facts 1,000 at most
   * @throws E_PLUGIN_WRONG_RESULT when one of them is no fact: none is recorded
   */
  report(facts: readonly Fact[]): Promise<FactsAnswer>
}
