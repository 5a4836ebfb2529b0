import type pg from 'pg'
import type { PlacedReceipt } from './received_fact.js'

/**
 * Writes receipts down in the transaction of the batch: states, counters, suppressions.
 *
 * @returns for each whether it was new
 */
export type TakeReceipts = (
  client: pg.PoolClient,
  receipts: readonly PlacedReceipt[]
) => Promise<boolean[]>

/** Who owns what facts change. Domains further down put themselves in at boot (start/connect_domains) */
export class FactTakers {
  #receipts: TakeReceipts | null = null

  offer(takers: { readonly receipts: TakeReceipts }): void {
    this.#receipts = takers.receipts
  }

  /** @throws Error when nobody has offered to take receipts */
  get receipts(): TakeReceipts {
    if (this.#receipts) return this.#receipts
    throw new Error('nobody takes receipts: start/connect_domains offers who does')
  }
}

/** The one of the process */
export const factTakers = new FactTakers()
