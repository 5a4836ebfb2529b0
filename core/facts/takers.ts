import type pg from 'pg'
import type { PlacedMessage, PlacedNotice, PlacedReceipt } from './received_fact.js'

/** What became of a receipt. `part`: it was new, and others must come before anything is known of the whole */
export type ReceiptFate = 'new' | 'part' | 'known'

/** Writes receipts down in the transaction of the batch: states, counters, suppressions */
export type TakeReceipts = (
  client: pg.PoolClient,
  receipts: readonly PlacedReceipt[]
) => Promise<ReceiptFate[]>

/** Takes what people wrote, in the same transaction */
export type TakeMessages = (
  client: pg.PoolClient,
  messages: readonly PlacedMessage[]
) => Promise<ReceiptFate[]>

/** Shows notices where they belong; says for each whether it was new */
export type TakeNotices = (
  client: pg.PoolClient,
  notices: readonly PlacedNotice[]
) => Promise<boolean[]>

/** Settles deliveries whose answer was lost, of which the far side tells after all; before the receipts are written down */
export type SettleUncertain = (
  client: pg.PoolClient,
  receipts: readonly PlacedReceipt[]
) => Promise<void>

/** Settles deliveries of which the last word was said, in the same transaction */
export type SettleFinals = (
  client: pg.PoolClient,
  finals: readonly PlacedReceipt[]
) => Promise<void>

type Takers = {
  readonly uncertain: SettleUncertain
  readonly receipts: TakeReceipts
  readonly messages: TakeMessages
  readonly notices: TakeNotices
  readonly finals: SettleFinals
}

/** Who owns what facts change. Domains further down put themselves in at boot (start/connect_domains) */
class FactTakers {
  #takers: Takers | null = null

  offer(takers: Takers): void {
    this.#takers = takers
  }

  /** @throws Error when nobody has offered to take facts: the wiring is not complete */
  get taking(): Takers {
    if (this.#takers) return this.#takers
    throw new Error('nobody takes facts; see start/connect_domains')
  }
}

/** The one of the process */
export const factTakers = new FactTakers()
