import type { AnswerFact, Fact, FactSubject, MessageFact, ReceiptFact } from '@griot/sdk'

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
export type PlacedFact = PlacedReceipt | PlacedMessage | PlacedAnswer

/** A key of a delivery, or an address in its place */
export type Subject = FactSubject | { readonly from: string }

/** What a fact is about */
export function subjectOf(fact: Fact): Subject {
  return fact.kind === 'receipt' ? fact.of : (fact.inReplyTo ?? { from: fact.from })
}

/** What became of a fact */
export type Fate = 'recorded' | 'repeated' | 'parked'
