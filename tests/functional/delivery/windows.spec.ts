import { systemClock } from '#core/database/clock'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import { findCampaign } from '#core/campaigns/find_campaign'
import { cancelCampaign } from '#core/campaigns/lifecycle/cancel_campaign'
import { liveFigures } from '#core/campaigns/overview/live_figures'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { expandRun } from '#core/delivery/expansion/expand_run'
import { renewLease } from '#core/delivery/dispatch/lease_chunk'
import { dispatch } from '#core/delivery/dispatch/dispatch'
import { handOver } from '#core/delivery/dispatch/hand_over'
import { Sender } from '#core/delivery/dispatch/sender'
import { sendWindow } from '#core/delivery/dispatch/send_window'
import { returnChunk } from '#core/delivery/dispatch/return_chunk'
import { settleWindow } from '#core/delivery/dispatch/settle_window'
import { disablePlugin } from '#core/plugins/lifecycle/disable_plugin'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import pluginKernel from '#core/plugins/main'
import { silence } from '#tests/fixtures/plugins/fixture_messaging/far_side'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, deliveryStates, runJobs } from '#tests/line_kit'
import {
  aChunk,
  aLaunchedRun,
  anExpandedRun,
  expireLeases,
  hand,
  lease,
  PLUGIN,
  theRun,
} from './run_kit.js'

const accepted = (n: number) => Array.from({ length: n }, () => ({ status: 'accepted' as const }))

test.group('Windows of deliveries', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('that never came to their plugin wait, and are not uncertain: it was disabled meanwhile', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run } = await aLaunchedRun(client, 5)
    await expandRun(run, 'email')
    const chunk = await aChunk(run)
    const sender = new Sender(pluginKernel, pluginKernel.channel(PLUGIN))
    const prepared = await sender.take(run.id)
    const rows = await handOver({
      chunk,
      seqs: [1, 2, 3, 4, 5],
      accountId: run.accountId,
      caps: [],
    })
    assert.deepEqual(await deliveryStates(run.id), { handing_over: 5 })
    await disablePlugin({ kernel: pluginKernel, id: PLUGIN, by: SYSTEM })
    try {
      await sendWindow({ sender, prepared, chunk, rows, watched: false, clock: systemClock })
      await sender.close()
    } finally {
      await enablePlugin({ kernel: pluginKernel, id: PLUGIN, by: SYSTEM })
    }
    assert.deepEqual(await deliveryStates(run.id), { deferred: 5 })
    await cancelCampaign({
      campaign: { id: run.campaignId, accountId: client.accountId },
      by: client.by,
    })
    await runJobs()
    assert.equal(await client.held(), 0n)
  })

  test('names what a dead worker was handing over, and sends the rest', async ({ assert }) => {
    const client = await aClient()
    const { run, campaign } = await aLaunchedRun(client, 30)
    await expandRun(run, 'email')
    const chunk = await aChunk(run)
    await hand(run, chunk, 1, 12)
    assert.deepEqual(await deliveryStates(run.id), { handing_over: 12, leased: 18 })

    /** The worker dies here: its lease runs out */
    await expireLeases(run)
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
    const { run } = await aLaunchedRun(client, 5)
    await expandRun(run, 'email')
    const chunk = await aChunk(run)
    const rows = await hand(run, chunk, 1, 5)
    await expireLeases(run)
    await lease(run)
    assert.deepEqual(await deliveryStates(run.id), { uncertain: 5 })

    const settle = async () =>
      settleWindow({
        run: await theRun(run.id),
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
    const { run } = await aLaunchedRun(client, 5)
    await expandRun(run, 'email')
    const chunk = await aChunk(run)
    const rows = await hand(run, chunk, 1, 5)
    await expireLeases(run)
    /** Another worker names them uncertain, and is done with the chunk */
    const other = await aChunk(run)
    await returnChunk(other, { waitSeconds: 0 })
    const settle = async (some: typeof rows) =>
      settleWindow({
        run: await theRun(run.id),
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
    const { run } = await aLaunchedRun(client, 5)
    await expandRun(run, 'email')
    const chunk = await aChunk(run)
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
    const { run } = await aLaunchedRun(client, 6)
    await expandRun(run, 'email')
    const chunk = await aChunk(run)
    await hand(run, chunk, 1, 4)
    /** The answer for 1 and 2 was lost; 3 and 4 are being sent */
    await returnChunk(chunk, { waitSeconds: 0, run, unsent: [1, 2] })
    assert.deepEqual(await deliveryStates(run.id), { pending: 4, handing_over: 2 })
    assert.deepEqual(
      (await lease(run))?.rows.map((row) => row.seq),
      [1, 2, 5, 6]
    )
  })

  test('gives back what a hand-over without an answer had reserved under a cap', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, 3, { rules: { cap_messages: 1, cap_days: 7 } })
    const chunk = await aChunk(run)
    assert.lengthOf(await hand(run, chunk, 1, 2), 2)
    const reserved = () =>
      sql<{ messages: number }>(
        'select sum(messages)::int messages from contact_touches where account_id = $1::uuid',
        [client.accountId]
      ).then(([row]) => row.messages)
    assert.equal(await reserved(), 2)
    await returnChunk(chunk, { waitSeconds: 0, run, unsent: [1, 2, 3] })
    assert.equal(await reserved(), 0)
    assert.deepEqual(
      await sql('select distinct state, attempts from deliveries where run_id = $1', [run.id]),
      [{ state: 'pending', attempts: 0 }]
    )
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 3 })
  })

  test('lets others pass a message that hangs, also when its slice is over, and keeps its lease', async ({
    assert,
    cleanup,
  }) => {
    let speak: () => void = () => undefined
    silence.until = new Promise((resolve) => (speak = resolve))
    cleanup(() => {
      speak()
      silence.until = null
    })
    const hanging = await anExpandedRun(await aClient(), ['hang@a.example'])
    const dispatching = dispatch({
      kernel: pluginKernel,
      channelId: PLUGIN,
      clock: systemClock,
      signal: new AbortController().signal,
      sliceSeconds: 0.2,
    })
    await until(async () => (await deliveryStates(hanging.id)).handing_over === 1)
    await sleep(300)
    /** After the end of the slice */
    const other = await anExpandedRun(await aClient(), 5)
    await until(async () => (await deliveryStates(other.id)).accepted === 5)
    assert.deepEqual(await deliveryStates(hanging.id), { handing_over: 1 })
    speak()
    await dispatching
    assert.deepEqual(await deliveryStates(hanging.id), { accepted: 1 })
  }).timeout(20_000)

  test('keeps the lease of a chunk whose window is long in flight', async ({ assert }) => {
    const run = await anExpandedRun(await aClient(), 2)
    const chunk = await aChunk(run)
    await expireLeases(run)
    await renewLease(chunk)
    assert.isNull(await lease(run))
    /** Somebody else has it by now, and is silent in turn */
    await expireLeases(run)
    await aChunk(run)
    await expireLeases(run)
    await renewLease(chunk)
    assert.isNotNull(await lease(run))
  })
})

/** Looks again and again until something holds; the test's own time limit ends it otherwise */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50)
}
