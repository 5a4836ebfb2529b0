import type pg from 'pg'
import type { ReceiptFact } from '@griot/sdk'
import { inTransaction } from '#core/database/in_transaction'
import { matchFacts } from './match_facts.js'
import { parkFacts } from './park_facts.js'
import type {
  Fate,
  PlacedAnswer,
  PlacedFact,
  PlacedMessage,
  PlacedNotice,
  PlacedReceipt,
  ReceivedFact,
} from './received_fact.js'
import { takeAnswers } from './take_answers.js'
import { factTakers, type ReceiptFate } from './takers.js'
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
    const placed = await matchFacts(client, facts)
    const known = placed.flatMap((fact, index) => (fact ? [{ fact, index }] : []))
    const unknown = placed.flatMap((fact, index) => (fact ? [] : [index]))
    const fresh = await takeFacts(
      client,
      known.map(({ fact }) => fact)
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
 * Hands facts to who owns what they change, and receipts that say the last word of a delivery to who settles it.
 *
 * @returns for each whether it was new
 */
export async function takeFacts(
  client: pg.PoolClient,
  facts: readonly PlacedFact[]
): Promise<boolean[]> {
  const { taking } = factTakers
  const fates = new Map<PlacedFact, ReceiptFate>()
  const receipts = facts.filter(isReceipt)
  if (receipts.length > 0) {
    await taking.uncertain(client, receipts)
    for (const [n, fate] of (await taking.receipts(client, receipts)).entries())
      fates.set(receipts[n], fate)
  }
  const messages = facts.filter(isMessage)
  if (messages.length > 0)
    for (const [n, fate] of (await taking.messages(client, messages)).entries())
      fates.set(messages[n], fate)
  const answers = facts.filter(isAnswer)
  for (const [n, isNew] of (await takeAnswers(client, answers)).entries())
    fates.set(answers[n], isNew ? 'new' : 'known')
  const notices = facts.filter(isNotice)
  if (notices.length > 0)
    for (const [n, isNew] of (await taking.notices(client, notices)).entries())
      fates.set(notices[n], isNew ? 'new' : 'known')
  const finals = receipts.filter((one) => fates.get(one) === 'new' && isFinal(one.fact))
  if (finals.length > 0) await taking.finals(client, finals)
  return facts.map((one) => fates.get(one) !== 'known')
}

const isReceipt = (one: PlacedFact): one is PlacedReceipt => one.fact.kind === 'receipt'
const isAnswer = (one: PlacedFact): one is PlacedAnswer => one.fact.kind === 'answer'
const isNotice = (one: PlacedFact): one is PlacedNotice => one.fact.kind === 'notice'
const isMessage = (one: PlacedFact): one is PlacedMessage => one.fact.kind === 'message'

function isFinal({ is, final }: ReceiptFact): boolean {
  return final ?? (is === 'delivered' || is === 'failed' || is === 'ended')
}
