import fc from 'fast-check'
import { test } from '@japa/runner'
import type { Outcome, ReceiptFact } from '@griot/sdk'
import { sql } from '#core/database/sql'
import { settleWindow } from '#core/delivery/dispatch/settle_window'
import { expandRun } from '#core/delivery/expansion/expand_run'
import { factsPool } from '#core/facts/fact_intake'
import { matchParked } from '#core/facts/match_parked'
import { reportFacts } from '#core/facts/report_facts'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, runJobs } from '#tests/line_kit'
import { aChunk, aLaunchedRun, hand, theRun } from '../delivery/run_kit.js'

const PLUGIN = 'fixture_facts'
const PEOPLE = 4
const PARTS = 2

/** What a far side says of a delivery: about all of it, or about one part */
type Said = {
  readonly seq: number
  readonly part: number | null
  readonly is: 'delivered' | 'failed' | 'complained' | 'unsubscribed' | 'replied'
  readonly permanent: boolean
}

/** Deliveries with an even seq are taken in two parts */
const isInParts = (seq: number) => seq % 2 === 0

const said = fc
  .record({
    seq: fc.integer({ min: 1, max: PEOPLE }),
    part: fc.integer({ min: 1, max: PARTS }),
    is: fc.constantFrom<Said['is']>(
      'delivered',
      'delivered',
      'failed',
      'complained',
      'unsubscribed',
      'replied'
    ),
    permanent: fc.boolean(),
  })
  .map((one): Said => ({ ...one, part: isInParts(one.seq) ? one.part : null }))

/** The same things, told in two ways: cut into reports, repeated, out of order, before and after the outcome */
const story = fc.array(said, { minLength: 1, maxLength: 10 }).chain((all) => {
  const numbered = all.map((one, n) => ({ ...one, id: `f${n}` }))
  const way = fc
    .shuffledSubarray([...numbered, ...numbered.slice(0, 3)], {
      minLength: numbered.length + Math.min(3, numbered.length),
    })
    .chain((told) =>
      fc.record({
        told: fc.constant(told),
        outcomeAt: fc.integer({ min: 0, max: told.length }),
        size: fc.integer({ min: 1, max: 4 }),
      })
    )
  return fc.record({ first: way, second: way })
})
type Way = {
  readonly told: readonly (Said & { readonly id: string })[]
  readonly outcomeAt: number
  readonly size: number
}

const keyOf = (run: number, seq: number, part: number | null) =>
  part === null ? `far-${run}.${seq}` : `far-${run}.${seq}-${part}`

/** Runs a campaign whose far side tells its story in one way, and says what is true in the end */
async function ending(way: Way) {
  const client = await aClient()
  const { run } = await aLaunchedRun(client, PEOPLE, { plugin: PLUGIN })
  await expandRun(run, 'email')
  const chunk = await aChunk(run)
  const rows = await hand(run, chunk, 1, PEOPLE)
  const outcomes = rows.map(({ seq }): Outcome => ({
    status: 'accepted',
    ...(isInParts(seq)
      ? { providerKeys: [1, 2].map((part) => keyOf(run.id, seq, part)) }
      : { providerKey: keyOf(run.id, seq, null) }),
  }))
  const settle = async () =>
    settleWindow({
      run: await theRun(run.id),
      lease: chunk.lease,
      rows,
      outcomes,
      defaultUnit: 'fixture_facts.message',
      now: new Date(),
    })
  const at = new Date()
  const facts = way.told.map(({ id, seq, part, is, permanent }): ReceiptFact => ({
    kind: 'receipt',
    id,
    at,
    of: { providerKey: keyOf(run.id, seq, part) },
    is,
    permanent,
  }))
  const tell = async (some: readonly ReceiptFact[]) => {
    for (let n = 0; n < some.length; n += way.size)
      await reportFacts({ pluginId: PLUGIN, facts: some.slice(n, n + way.size), now: new Date() })
  }
  await tell(facts.slice(0, way.outcomeAt))
  await settle()
  await tell(facts.slice(way.outcomeAt))
  await matchParked(factsPool(), { pluginId: PLUGIN })
  await runJobs()

  const states = await sql<{ state: string }>(
    'select state from deliveries where run_id = $1 order by seq',
    [run.id]
  )
  const suppressed = await sql<{ address: string }>(
    'select address from suppressions where account_id = $1 order by address',
    [client.accountId]
  )
  const [counters] = await sql(
    `select accepted, delivered, bounced, complained, unsubscribed, replied, cost_micro
       from campaign_runs where id = $1`,
    [run.id]
  )
  const [{ left }] = await sql<{ left: number }>('select count(*)::int left from parked_facts')
  return {
    states: states.map((row) => row.state),
    suppressed: suppressed.map((row) => row.address),
    counters,
    left,
    money: await client.available(),
    books: await booksAreWrong(),
  }
}

/** What must be true of a delivery, whatever the order */
function expectedState(told: Way['told'], seq: number): string {
  const about = told.filter((one) => one.seq === seq)
  if (about.some((one) => one.is === 'failed')) return 'bounced'
  const delivered = new Set(about.filter((one) => one.is === 'delivered').map((one) => one.part))
  return delivered.size === (isInParts(seq) ? PARTS : 1) ? 'delivered' : 'accepted'
}

test.group('Facts and outcomes', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
    await sql('delete from parked_facts')
  })

  test('end in the same states, money and suppressions, in any order, repetition and delay', async ({
    assert,
  }) => {
    await fc.assert(
      fc.asyncProperty(story, async ({ first, second }) => {
        const [one, other] = [await ending(first), await ending(second)]
        assert.deepEqual(one, other)
        assert.deepEqual(
          one.states,
          Array.from({ length: PEOPLE }, (_, n) => expectedState(first.told, n + 1))
        )
        assert.equal(one.left, 0)
        assert.isEmpty(one.books)
      }),
      { numRuns: 15 }
    )
  }).timeout(60_000)
})
