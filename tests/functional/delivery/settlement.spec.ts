import { test } from '@japa/runner'
import type { ReceiptFact } from '@griot/sdk'
import { hasOpenWork } from '#core/campaigns/lifecycle/has_open_work'
import { sql } from '#core/database/sql'
import { settleRuns } from '#core/delivery/settlement/settle_runs'
import { reportFacts } from '#core/facts/report_facts'
import User from '#core/identity/models/user'
import pluginKernel from '#core/plugins/main'
import type { Run } from '#core/runs/run'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, deliveryStates, runJobs, type Client } from '#tests/line_kit'
import { anExpandedRun, theRun } from './run_kit.js'

const PLUGIN = 'fixture_final'
/** A second costs 10, two seconds were accepted, three were held for each */
const CREDIT = 100_000n

const people = (...locals: string[]) => locals.map((local) => `${local}@final.example`)
const holdOf = (run: Run) =>
  sql<{ captured: bigint; released: bigint; state: string }>(
    'select captured, released, state from campaign_holds where campaign_id = $1::uuid',
    [run.campaignId]
  ).then(([hold]) => hold)
const hoursLater = (hours: number) => new Date(Date.now() + hours * 3_600_000)

async function sent(client: Client, ...locals: string[]) {
  const run = await anExpandedRun(client, people(...locals), { plugin: PLUGIN })
  await runJobs()
  const rows = await sql<{ seq: number; local: string }>(
    `select seq, split_part(address, '@', 1) as local from deliveries where run_id = $1`,
    [run.id]
  )
  const seqs = new Map(rows.map((row) => [row.local, row.seq]))
  let told = 0
  const tell = (
    local: string,
    is: ReceiptFact['is'],
    o: Partial<ReceiptFact> & { part?: number } = {}
  ) => {
    const { part, ...more } = o
    const key = `far-${run.id}.${seqs.get(local)}${part === undefined ? '' : `-${part}`}`
    return reportFacts({
      pluginId: PLUGIN,
      now: new Date(),
      facts: [
        {
          kind: 'receipt',
          id: `r${run.id}-${(told += 1)}`,
          at: new Date(),
          of: { providerKey: key },
          is,
          ...more,
        },
      ],
    })
  }
  return { run: await theRun(run.id), tell }
}

test.group('A channel that is charged by what became of a message', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('charges nothing on acceptance, what was delivered, and gives the rest back when all is known', async ({
    assert,
  }) => {
    const client = await aClient({ credit: CREDIT })
    const { run, tell } = await sent(client, 'one', 'two', 'three')
    assert.equal(run.state, 'finished')
    assert.containsSubset(await holdOf(run), { captured: 0n, state: 'open' })
    assert.equal(await client.held(), 90n)
    assert.isTrue(await hasOpenWork(PLUGIN))

    await tell('one', 'delivered')
    await tell('two', 'failed')
    await settleRuns(new Date())
    assert.containsSubset(await holdOf(run), { captured: 20n, state: 'open' })
    await tell('three', 'delivered')
    await settleRuns(new Date())
    assert.containsSubset(await holdOf(run), { captured: 40n, released: 50n, state: 'settled' })
    assert.equal(await client.available(), CREDIT - 40n)
    assert.deepEqual(await deliveryStates(run.id), { bounced: 1, delivered: 2 })
    assert.isEmpty(await booksAreWrong())
  })

  test('says on the campaign’s page until when the rest is reserved, and no more when it is settled', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient({ credit: CREDIT })
    const { run, tell } = await sent(client, 'one')
    const page = async (language: string) =>
      (
        await http
          .get(`/portal/campaigns/${run.campaignId}`)
          .header('accept-language', language)
          .withGuard('portal')
          .loginAs(await User.findOrFail(client.userId))
      ).text()
    assert.include(await page('fr'), 'Tout sera réglé au plus tard le')
    assert.include(await page('en'), 'All of it is settled by')
    await tell('one', 'delivered')
    await settleRuns(new Date())
    assert.notInclude(await page('fr'), 'Tout sera réglé au plus tard le')
  })

  test('charges what was truly used, once, and never more than was held', async ({ assert }) => {
    const client = await aClient({ credit: CREDIT })
    const { run, tell } = await sent(client, 'one', 'two')
    const units = (seconds: number) => ({ units: { 'fixture_final.second': seconds } })
    await tell('one', 'answered')
    assert.containsSubset(await holdOf(run), { captured: 0n })
    await tell('one', 'ended', units(1))
    await tell('one', 'ended', units(3))
    assert.containsSubset(await holdOf(run), { captured: 10n })
    await tell('two', 'ended', units(9_000))
    assert.containsSubset(await holdOf(run), { captured: 60n })
    await settleRuns(new Date())
    assert.equal(await client.available(), CREDIT - 60n)
    assert.isEmpty(await booksAreWrong())
  })

  test('waits for the last part', async ({ assert }) => {
    const client = await aClient({ credit: CREDIT })
    const { run, tell } = await sent(client, 'parts1', 'parts2')
    await tell('parts1', 'delivered', { part: 2 })
    assert.containsSubset(await holdOf(run), { captured: 0n })
    await tell('parts1', 'delivered', { part: 1 })
    assert.containsSubset(await holdOf(run), { captured: 20n })
    await tell('parts2', 'delivered', { part: 1 })
    await tell('parts2', 'failed', { part: 2 })
    await settleRuns(new Date())
    assert.containsSubset(await holdOf(run), { captured: 20n, released: 40n, state: 'settled' })
    assert.isEmpty(await booksAreWrong())
  })

  test('gives back what nobody was heard of when its hours are over; a later receipt changes the report alone', async ({
    assert,
  }) => {
    const client = await aClient({ credit: CREDIT })
    const { run, tell } = await sent(client, 'one', 'two')
    await tell('one', 'delivered')
    await settleRuns(hoursLater(71))
    assert.containsSubset(await holdOf(run), { state: 'open' })
    await settleRuns(hoursLater(73))
    assert.containsSubset(await holdOf(run), { captured: 20n, released: 40n, state: 'settled' })
    await tell('two', 'delivered')
    await settleRuns(hoursLater(74))
    assert.containsSubset(await holdOf(run), { captured: 20n, released: 40n })
    assert.deepEqual(await deliveryStates(run.id), { delivered: 2 })
    assert.equal(await client.available(), CREDIT - 20n)
    assert.isEmpty(await booksAreWrong())
  })

  test('charges what nobody was heard of, where the channel says so', async ({ assert }) => {
    const client = await aClient({ credit: CREDIT })
    const { run, tell } = await sent(client, 'one', 'two', 'three')
    await sql(
      `update campaign_runs set rules = jsonb_set(rules, '{settlement,unanswered}', '"charge"') where id = $1`,
      [run.id]
    )
    await tell('one', 'failed')
    await settleRuns(hoursLater(73))
    await settleRuns(hoursLater(73))
    assert.containsSubset(await holdOf(run), { captured: 40n, released: 50n, state: 'settled' })
    assert.isEmpty(await booksAreWrong())
  })
})
