import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import { queueDispatches } from '#core/delivery/dispatch/queue_dispatch'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, deliveryStates, runJobs } from '#tests/line_kit'
import { aChunk, anExpandedRun, expireLeases, hand } from './run_kit.js'

const PLUGIN = 'fixture_lookup'
const people = (...locals: string[]) => locals.map((local) => `${local}@asked.example`)

const settled = (runId: number) =>
  sql<{ local: string; state: string; provider_key: string | null; attempts: number }>(
    `select split_part(address, '@', 1) as local, state, provider_key, attempts from deliveries where run_id = $1 order by address`,
    [runId]
  )
const holdOf = (campaignId: string) =>
  sql<{ captured: bigint; released: bigint; state: string }>(
    'select captured, released, state from campaign_holds where campaign_id = $1::uuid',
    [campaignId]
  ).then(([hold]) => hold)

test.group('A far side that can be asked', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('is asked before anything is named uncertain, and what it never got is sent again', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, people('kept', 'refused', 'lost', 'plain'), {
      plugin: PLUGIN,
    })
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 2, deferred: 1, rejected: 1 })
    await sql('update deliveries set not_before = now() where run_id = $1', [run.id])
    await sql('update delivery_chunks set not_before = now() where run_id = $1', [run.id])
    await queueDispatches({ pluginId: PLUGIN, channel: PLUGIN })
    await runJobs()
    const [kept, lost, plain, refused] = await settled(run.id)
    assert.containsSubset(kept, { local: 'kept', state: 'accepted', attempts: 1 })
    assert.match(String(kept.provider_key), /^far-/)
    assert.containsSubset(lost, { local: 'lost', state: 'accepted', attempts: 2 })
    assert.containsSubset(plain, { local: 'plain', state: 'accepted' })
    assert.containsSubset(refused, { local: 'refused', state: 'rejected' })
    assert.containsSubset(await holdOf(run.campaignId), { captured: 30n, released: 10n })
    assert.isEmpty(await booksAreWrong())
  })

  test('that cannot tell yet is asked again later, and a person need not decide', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, people('late', 'plain'), { plugin: PLUGIN })
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, uncertain: 1 })
    /** A minute later */
    await runJobs({ later: true })
    assert.deepEqual(await deliveryStates(run.id), { accepted: 2 })
    const [decision] = await sql(
      'select decision, by_kind, by_name, why from delivery_decisions where run_id = $1',
      [run.id]
    )
    assert.deepEqual(decision, {
      decision: 'accepted',
      by_kind: 'system',
      by_name: 'Griot',
      why: 'lookup',
    })
    assert.isEmpty(await booksAreWrong())
  })

  test('is asked about what a dead worker was handing over, while the hold still pays for it', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, people('kept1', 'kept2', 'never', 'plain'), {
      plugin: PLUGIN,
    })
    const chunk = await aChunk(run)
    await hand(run, chunk, 1, 3)
    /** Two of the three had been taken when the worker died */
    const handed = await sql<{ seq: number; address: string }>(
      `select seq, address from deliveries where run_id = $1 and state = 'handing_over'`,
      [run.id]
    )
    for (const { seq, address } of handed)
      if (address.startsWith('kept'))
        await sql(
          `insert into plugin_storage (plugin_id, key, value) values ($1, $2, to_json('kept'::text)::text)`,
          [PLUGIN, `${run.id}.${seq}`]
        )
    await expireLeases(run)
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 4 })
    assert.containsSubset(await holdOf(run.campaignId), {
      captured: 40n,
      released: 0n,
      state: 'settled',
    })
    assert.isEmpty(await booksAreWrong())
  })
})

test.group('Prices', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('are asked for before the hand-over: who has none is rejected with that reason, nobody is left unknown', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, ['1a@p.example', '2b@p.example'])
    /** A card that knows addresses beginning with 1 alone */
    await sql(
      `with other as (
         insert into quotes (account_id, campaign_id, currency, minimum, expected, maximum, lines, unit_prices, audience, reachable, excluded,
                             brief_hash, audience_hash, expires_at)
         select account_id, campaign_id, currency, minimum, expected, maximum, lines, '{"fixture_messaging.message|1": "10000000"}', audience,
                reachable, excluded, brief_hash, audience_hash, expires_at
           from quotes where id = (select quote_id from campaign_runs where id = $1) returning id)
       update campaign_runs set quote_id = (select id from other) where id = $1`,
      [run.id]
    )
    await runJobs()
    const rows = await sql(
      'select address, state, reason, attempts from deliveries where run_id = $1 order by address',
      [run.id]
    )
    assert.deepEqual(rows, [
      { address: '1a@p.example', state: 'accepted', reason: null, attempts: 1 },
      { address: '2b@p.example', state: 'rejected', reason: 'no_price', attempts: 0 },
    ])
    const [counted] = await sql(
      'select state, accepted, rejected, uncertain, pending from campaign_runs where id = $1',
      [run.id]
    )
    assert.deepEqual(counted, {
      state: 'finished',
      accepted: 1,
      rejected: 1,
      uncertain: 0,
      pending: 0,
    })
    assert.deepEqual(
      await sql('select reason, deliveries from run_refusals where run_id = $1', [run.id]),
      [{ reason: 'no_price', deliveries: 1 }]
    )
    assert.isEmpty(
      await sql('select 1 from suppressions where account_id = $1', [client.accountId])
    )
    assert.isEmpty(await booksAreWrong())
  })
})
