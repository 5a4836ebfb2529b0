import { test } from '@japa/runner'
import { cancelCampaign } from '#core/campaigns/cancel_campaign'
import { createCampaign } from '#core/campaigns/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/launch_campaign'
import { liveFigures } from '#core/campaigns/live_figures'
import { payCampaign } from '#core/campaigns/pay_campaign'
import { quoteCampaign } from '#core/campaigns/quote_campaign'
import { suppressAddress } from '#core/audience/suppress_address'
import { sql } from '#core/database/sql'
import { expandRun } from '#core/delivery/expand_run'
import { finishRun } from '#core/delivery/finish_run'
import { handOver } from '#core/delivery/hand_over'
import { leaseChunk, type LeasedChunk } from '#core/delivery/lease_chunk'
import { deliveryPool } from '#core/delivery/pool'
import { loadRun, type Run } from '#core/delivery/run_snapshot'
import { returnChunk } from '#core/delivery/return_chunk'
import { settleWindow } from '#core/delivery/settle_window'
import { THIS_WORKER } from '#core/jobs/this_worker'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import {
  aClient,
  aList,
  aService,
  booksAreWrong,
  deliveryStates,
  runJobs,
  type Client,
} from '#tests/line_kit'

const BRIEF = { subject: 'Bonjour', text: 'Bonjour' }

/** A paid and launched campaign whose run nobody has begun to send */
async function launchedRun(
  client: Client,
  people: number | string[],
  plugin = 'fixture_messaging'
): Promise<{ run: Run; campaign: Awaited<ReturnType<typeof findCampaign>> }> {
  const service = await aService(plugin)
  const list = await aList(client, people)
  const created = await createCampaign({
    accountId: client.accountId,
    service,
    name: 'Essai',
    brief: BRIEF,
    listIds: [list],
    by: client.by,
  })
  const quote = await quoteCampaign({ campaign: created, by: client.by })
  const campaign = await findCampaign(client.accountId, created.id)
  await payCampaign({ campaign, quoteId: quote.id, by: client.by })
  await launchCampaign({ campaign, by: client.by })
  const [{ id }] = await sql<{ id: number }>(
    'select id from campaign_runs where campaign_id = $1::uuid',
    [campaign.id]
  )
  const run = await loadRun(deliveryPool(), id)
  if (!run) throw new Error('no run')
  return { run, campaign }
}

const lease = (run: Run) => leaseChunk({ runId: run.id, owner: THIS_WORKER })
const hand = (run: Run, chunk: LeasedChunk, from: number, to: number) =>
  handOver({
    chunk,
    seqs: chunk.rows.map((row) => row.seq).filter((seq) => seq >= from && seq <= to),
    accountId: run.accountId,
    caps: run.rules.caps,
  })
const reload = async (run: Run) => (await loadRun(deliveryPool(), run.id)) as Run
const accepted = (n: number) => Array.from({ length: n }, () => ({ status: 'accepted' as const }))

test.group('The delivery engine', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('excludes who refused, never agreed or has no address, with the reason, and counts all', async ({
    assert,
  }) => {
    const client = await aClient()
    const service = await aService('fixture_messaging')
    const [yes, no] = [
      await aList(client, ['a@example.com', 'b@example.com']),
      await aList(client, ['c@example.com'], 'refused'),
    ]
    await suppressAddress({
      accountId: client.accountId,
      address: 'b@example.com',
      reason: 'unsubscribed',
      source: 'test',
    })
    const created = await createCampaign({
      accountId: client.accountId,
      service,
      name: 'Essai',
      brief: BRIEF,
      listIds: [yes, no],
      by: client.by,
    })
    const quote = await quoteCampaign({ campaign: created, by: client.by })
    assert.equal(quote.reachable, 1)
    const campaign = await findCampaign(client.accountId, created.id)
    await payCampaign({ campaign, quoteId: quote.id, by: client.by })
    await launchCampaign({ campaign, by: client.by })
    await runJobs()
    const figures = await liveFigures({ accountId: client.accountId, campaignId: campaign.id })
    assert.deepInclude(figures, { audience: 3, accepted: 1, excluded: 2 })
    assert.deepEqual(figures.exclusions, { suppressed: 1, unconsented: 1 })
  })

  test('does not pay for people who joined the list after the quote', async ({ assert }) => {
    const client = await aClient()
    const { run } = await launchedRun(client, 3)
    await sql(
      `with made as (insert into contacts (account_id, email, consent) select $1, 'late' || n || '@example.com', 'granted' from generate_series(1, 5) n returning id)
       insert into contact_list_members (list_id, contact_id) select $2, id from made`,
      [client.accountId, run.snapshot.listIds[0]]
    )
    await expandRun(run, 'email')
    assert.deepEqual(await deliveryStates(run.id), { pending: 3, excluded: 5 })
  })

  test('expands once, also when the job runs twice', async ({ assert }) => {
    const client = await aClient()
    const { run } = await launchedRun(client, 10)
    await Promise.all([expandRun(run, 'email'), expandRun(run, 'email')])
    assert.deepEqual(await deliveryStates(run.id), { pending: 10 })
  })

  test('lets outcomes be written while the rest is expanded, and drops a slice of a run that was cancelled', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run, campaign } = await launchedRun(client, 10)
    const other = await deliveryPool().connect()
    try {
      /** Somebody who writes counters holds the run's row: a slice waits for it at its very end alone */
      await other.query('begin')
      await other.query('select 1 from campaign_runs where id = $1 for no key update', [run.id])
      const expanding = expandRun(run, 'email')
      await new Promise((resolve) => setTimeout(resolve, 300))
      const { rows } = await other.query<{ waits: string }>(
        `select regexp_substr(query, '^\\s*\\w+ \\w+') waits from pg_stat_activity where wait_event_type = 'Lock' and query like '%campaign_runs%' and datname = current_database()`
      )
      assert.deepEqual(
        rows.map((row) => row.waits.trim()),
        ['with run']
      )
      /** Settling counts the run first, then its destinations: a slice that took them in another order would be a deadlock */
      await other.query(
        `insert into run_destinations (run_id, destination) values ($1, 'example.com') on conflict do nothing`,
        [run.id]
      )
      await other.query(`update campaign_runs set state = 'cancelled' where id = $1`, [run.id])
      await other.query('commit')
      await expanding
    } finally {
      other.release()
    }
    assert.deepEqual(await deliveryStates(run.id), {})
    assert.equal((await findCampaign(client.accountId, campaign.id)).state, 'running')
  })

  test('names what a dead worker was handing over, and sends the rest', async ({ assert }) => {
    const client = await aClient()
    const { run, campaign } = await launchedRun(client, 30)
    await expandRun(run, 'email')
    const chunk = await lease(run)
    if (!chunk) throw new Error('no chunk')
    await hand(run, chunk, 1, 12)
    assert.deepEqual(await deliveryStates(run.id), { handing_over: 12, leased: 18 })

    /** The worker dies here: its lease runs out */
    await sql(
      `update delivery_chunks set lease_until = now() - interval '1 second' where run_id = $1`,
      [run.id]
    )
    await runJobs()
    const figures = await liveFigures({ accountId: client.accountId, campaignId: campaign.id })
    assert.deepInclude(figures, {
      accepted: 18,
      uncertain: 12,
      pending: 0,
      captured: 180n,
      released: 120n,
    })
    assert.equal((await findCampaign(client.accountId, campaign.id)).state, 'finished')
    assert.isEmpty(await booksAreWrong())
  })

  test('lets a slow worker settle what was named uncertain meanwhile, once', async ({ assert }) => {
    const client = await aClient()
    const { run } = await launchedRun(client, 5)
    await expandRun(run, 'email')
    const chunk = await lease(run)
    if (!chunk) throw new Error('no chunk')
    const rows = await hand(run, chunk, 1, 5)
    await sql(
      `update delivery_chunks set lease_until = now() - interval '1 second' where run_id = $1`,
      [run.id]
    )
    await lease(run)
    assert.deepEqual(await deliveryStates(run.id), { uncertain: 5 })

    const settle = async () =>
      settleWindow({
        run: await reload(run),
        lease: chunk.lease,
        rows,
        outcomes: accepted(5),
        defaultUnit: 'fixture_messaging.message',
        now: new Date(),
      })
    await settle()
    await settle()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 5 })
    const [counters] = await sql(
      'select pending, accepted, uncertain from campaign_runs where id = $1',
      [run.id]
    )
    assert.deepEqual(counters, { pending: 0, accepted: 5, uncertain: 0 })
  })

  test('tries again what a slow server put off after it was named uncertain, and gives it up when the run is over', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run } = await launchedRun(client, 5)
    await expandRun(run, 'email')
    const chunk = await lease(run)
    if (!chunk) throw new Error('no chunk')
    const rows = await hand(run, chunk, 1, 5)
    await sql(
      `update delivery_chunks set lease_until = now() - interval '1 second' where run_id = $1`,
      [run.id]
    )
    /** Another worker names them uncertain, and is done with the chunk */
    const other = await lease(run)
    if (!other) throw new Error('no chunk')
    await returnChunk(other, { waitSeconds: 0, unsent: [] })
    const settle = async (some: typeof rows) =>
      settleWindow({
        run: await reload(run),
        lease: chunk.lease,
        rows: some,
        outcomes: some.map(() => ({ status: 'deferred' as const, scope: 'recipient' as const })),
        defaultUnit: 'fixture_messaging.message',
        now: new Date(),
      })
    await settle(rows.slice(0, 2))
    assert.deepEqual(await deliveryStates(run.id), { deferred: 2, uncertain: 3 })
    const [reopened] = await sql<{ state: string; waits: boolean }>(
      'select state, not_before > now() waits from delivery_chunks where run_id = $1',
      [run.id]
    )
    assert.deepEqual(reopened, { state: 'open', waits: true })

    await sql(`update deliveries set not_before = now() where run_id = $1 and state = 'deferred'`, [
      run.id,
    ])
    await sql('update delivery_chunks set not_before = now() where run_id = $1', [run.id])
    await runJobs()
    await settle(rows.slice(2))
    assert.deepEqual(await deliveryStates(run.id), { accepted: 2, rejected: 3 })
    const [sums] = await sql(
      `select state, audience, pending, accepted, rejected, uncertain,
              (select sum(rejected)::int from run_destinations where run_id = r.id) by_destination,
              (select sum(deliveries)::int from run_refusals where run_id = r.id and reason = 'expired') expired
         from campaign_runs r where id = $1`,
      [run.id]
    )
    assert.deepEqual(sums, {
      state: 'finished',
      audience: 5,
      pending: 0,
      accepted: 2,
      rejected: 3,
      uncertain: 0,
      by_destination: 3,
      expired: 3,
    })
  })

  test('hands nothing over under a lease that somebody else has', async ({ assert }) => {
    const client = await aClient()
    const { run } = await launchedRun(client, 5)
    await expandRun(run, 'email')
    const chunk = await lease(run)
    if (!chunk) throw new Error('no chunk')
    assert.isNull(await lease(run))
    assert.lengthOf(
      await hand(run, { ...chunk, lease: '00000000-0000-4000-8000-000000000000' }, 1, 5),
      0
    )
    assert.lengthOf(await hand(run, chunk, 1, 5), 5)
    assert.lengthOf(await hand(run, chunk, 1, 5), 0)
  })

  test('sends what Postgres took over without saying so, and leaves alone what is still in flight', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run } = await launchedRun(client, 6)
    await expandRun(run, 'email')
    const chunk = await lease(run)
    if (!chunk) throw new Error('no chunk')
    await hand(run, chunk, 1, 4)
    /** The answer for 1 and 2 was lost; 3 and 4 are being sent */
    await returnChunk(chunk, { waitSeconds: 0, unsent: [1, 2] })
    assert.deepEqual(await deliveryStates(run.id), { pending: 4, handing_over: 2 })
    assert.deepEqual(
      (await lease(run))?.rows.map((row) => row.seq),
      [1, 2, 5, 6]
    )
  })

  test('does not write to somebody who unsubscribes while the campaign runs', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run } = await launchedRun(client, ['a@example.com', 'b@example.com'])
    await expandRun(run, 'email')
    await suppressAddress({
      accountId: client.accountId,
      address: 'b@example.com',
      reason: 'unsubscribed',
      source: 'test',
    })
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, excluded: 1 })
  })

  test('waits for windows in flight before it gives the money of a cancelled campaign back', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run, campaign } = await launchedRun(client, 10)
    await expandRun(run, 'email')
    const chunk = await lease(run)
    if (!chunk) throw new Error('no chunk')
    const rows = await hand(run, chunk, 1, 4)
    await cancelCampaign({ campaign, by: client.by })
    assert.equal(await finishRun(run.id), 'in_flight')
    assert.equal(await client.held(), 100n)

    await settleWindow({
      run: await reload(run),
      lease: chunk.lease,
      rows,
      outcomes: accepted(4),
      defaultUnit: 'fixture_messaging.message',
      now: new Date(),
    })
    assert.equal(await finishRun(run.id), 'cancelled')
    assert.equal(await client.held(), 0n)
    assert.equal(await client.available(), 99_960n)
    assert.deepEqual(await deliveryStates(run.id), { accepted: 4, excluded: 6 })
    assert.isEmpty(await booksAreWrong())
  })

  test('tries a deferred delivery again at its time, and gives up in the end', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run, campaign } = await launchedRun(client, ['defer@example.com', 'a@example.com'])
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, deferred: 1 })
    for (let tries = 2; tries <= 18; tries++) {
      await sql(
        `update deliveries set not_before = now() - interval '1 second' where run_id = $1 and state = 'deferred'`,
        [run.id]
      )
      await sql(
        `update delivery_chunks set not_before = now() - interval '1 second' where run_id = $1 and state = 'open'`,
        [run.id]
      )
      await runJobs({ later: true })
    }
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, rejected: 1 })
    assert.equal((await findCampaign(client.accountId, campaign.id)).state, 'finished')
    assert.equal(await client.held(), 0n)
  }).timeout(60_000)

  test('goes on sending through one plugin while another throws, and names what that one had', async ({
    assert,
  }) => {
    const client = await aClient()
    const bad = await launchedRun(client, 20, 'throws_in_send')
    const good = await launchedRun(client, 20)
    await runJobs().catch(() => undefined)
    await runJobs().catch(() => undefined)

    assert.deepEqual(await deliveryStates(good.run.id), { accepted: 20 })
    const states = await deliveryStates(bad.run.id)
    assert.isAbove(states.uncertain ?? 0, 0)
    assert.isUndefined(states.accepted)
    const [row] = await sql<{ code: string }>(
      `select code from plugin_failures where plugin_id = 'throws_in_send' order by id desc limit 1`
    )
    assert.equal(row.code, 'E_PLUGIN_THREW')
    assert.isEmpty(await booksAreWrong())
  })
})
