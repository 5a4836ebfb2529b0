import type pg from 'pg'
import type { ReceiptFact } from '@griot/sdk'
import { inTransaction } from '#core/database/in_transaction'
import { matchReceipts } from './match_receipts.js'
import { parkFacts } from './park_facts.js'
import type { Fate, PlacedReceipt, ReceivedFact } from './received_fact.js'
import { factTakers } from './takers.js'
import debug from './debug.js'

/**
 * Records facts in one transaction: each is matched with what it is about, among what belongs to its plugin, and handed to whoever owns
 * that. What matches nothing is parked. A batch may be written twice.
 *
 * Rows in: a batch, up to 2,500. `npm run bench -- facts`, docs/benchmarks.md.
 *
 * @returns what became of each
 */
export async function recordFacts(pool: pg.Pool, facts: readonly ReceivedFact[]): Promise<Fate[]> {
  return inTransaction(pool, async (client) => {
    const placed = await matchReceipts(client, facts)
    const known = placed.flatMap((receipt, index) => (receipt ? [{ receipt, index }] : []))
    const unknown = placed.flatMap((receipt, index) => (receipt ? [] : [index]))
    const fresh = await takeReceipts(
      client,
      known.map(({ receipt }) => receipt)
    )
    const parked = await parkFacts(
      client,
      unknown.map((index) => facts[index])
    )
    const fates: Fate[] = facts.map(() => 'repeated')
    for (const [n, { index }] of known.entries()) if (fresh[n]) fates[index] = 'recorded'
    for (const [n, index] of unknown.entries()) if (parked[n]) fates[index] = 'parked'
    debug('%d facts, %d of deliveries not known yet', facts.length, unknown.length)
    return fates
  })
}

/**
 * Hands receipts to who owns what they change, and those that say the last word of a delivery to who settles it.
 *
 * @returns for each whether it was new
 */
export async function takeReceipts(
  client: pg.PoolClient,
  receipts: readonly PlacedReceipt[]
): Promise<boolean[]> {
  if (receipts.length === 0) return []
  const { taking } = factTakers
  const fates = await taking.receipts(client, receipts)
  const finals = receipts.filter((one, n) => fates[n] === 'new' && isFinal(one.fact))
  if (finals.length > 0) await taking.finals(client, finals)
  return fates.map((fate) => fate !== 'known')
}

function isFinal({ is, final }: ReceiptFact): boolean {
  return final ?? (is === 'delivered' || is === 'failed' || is === 'ended')
}
