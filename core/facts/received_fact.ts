import type {
  AnswerFact,
  Fact,
  FactSubject,
  MessageFact,
  NoticeFact,
  ReceiptFact,
} from '@griot/sdk'

/** A fact with the plugin that told it, from the moment it is heard until its owner has written it down */
export type ReceivedFact = { readonly pluginId: string; readonly fact: Fact }

/** The delivery that a fact is about */
export type Place = {
  readonly runId: number
  readonly seq: number
  /** The part that it is about, from 1 on; null when it is about the whole */
  readonly part: number | null
}

type Placed<F> = Place & { readonly pluginId: string; readonly fact: F }

/** A receipt whose delivery is known */
export type PlacedReceipt = Placed<ReceiptFact>
/** A message with the delivery that it answers, or the last one to who wrote it */
export type PlacedMessage = Placed<MessageFact>
/** An answer with the delivery that asked, or the last one to who answered */
export type PlacedAnswer = Placed<AnswerFact>
/** A notice with its run; it is about no delivery */
export type PlacedNotice = Placed<NoticeFact>
export type PlacedFact = PlacedReceipt | PlacedMessage | PlacedAnswer | PlacedNotice

/** A key of a delivery, or an address in its place; or a run as a whole */
export type Subject = FactSubject | { readonly from: string } | { readonly run: number }

/** What a fact is about */
export function subjectOf(fact: Fact): Subject {
  switch (fact.kind) {
    case 'receipt':
      return fact.of
    case 'message':
    case 'answer':
      return fact.inReplyTo ?? { from: fact.from }
    case 'notice':
      return fact.about
  }
}

/** What became of a fact */
export type Fate = 'recorded' | 'repeated' | 'parked'
