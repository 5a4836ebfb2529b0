import type { Fact, ReceiptFact } from '@griot/sdk'

/** A fact with the plugin that told it, from the moment it is heard until its owner has written it down */
export type ReceivedFact = { readonly pluginId: string; readonly fact: Fact }

/** A receipt whose delivery is known */
export type PlacedReceipt = {
  readonly runId: number
  readonly seq: number
  readonly pluginId: string
  /** The part that it is about, from 1 on; null when it is about the whole */
  readonly part: number | null
  readonly fact: ReceiptFact
}

/** What became of a fact */
export type Fate = 'recorded' | 'repeated' | 'parked'
