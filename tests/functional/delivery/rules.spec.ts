import { test } from '@japa/runner'
import { createCampaign } from '#core/campaigns/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/launch_campaign'
import { payCampaign } from '#core/campaigns/pay_campaign'
import { quoteCampaign } from '#core/campaigns/quote_campaign'
import { resumeCampaign } from '#core/campaigns/resume_campaign'
import { sql } from '#core/database/sql'
import { slowDown, speedUp, countSenderFault, clearSenderFaults } from '#core/delivery/adapt_rate'
import { expandRun } from '#core/delivery/expand_run'
import { finishRun } from '#core/delivery/finish_run'
import { freeDeadLeases } from '#core/delivery/free_dead_leases'
import { judgeCanaries } from '#core/delivery/judge_canaries'
import { leaseChunk } from '#core/delivery/lease_chunk'
import { deliveryPool } from '#core/delivery/pool'
import { queuePumps } from '#core/delivery/queue_pumps'
import { retireRuns } from '#core/delivery/retire_runs'
import { loadRun, type Run } from '#core/delivery/run_snapshot'
import { noteTurn, runsInTurn } from '#core/delivery/runs_in_turn'
import { setRate } from '#core/delivery/set_rate'
import { settleUncertain } from '#core/delivery/settle_uncertain'
import { tidyEngine } from '#core/delivery/tidy_engine'
import { bucketKeys, takeTokens } from '#core/delivery/take_tokens'
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

const PLUGIN = 'fixture_messaging'

/** A launched campaign with rules, whose run is expanded and not begun */
async function aRun(
  client: Client,
  people: number | readonly string[],
  rules: Readonly<Record<string, unknown>> = {}
): Promise<Run> {
  const service = await aService(PLUGIN)
  const list = await aList(client, people)
  const created = await createCampaign({
    accountId: client.accountId,
    service,
    name: 'Essai',
    brief: { subject: 'Bonjour', text: 'Bonjour' },
    listIds: [list],
    by: client.by,
  })
  const columns = Object.keys(rules)
  if (columns.length > 0)
    await sql(
      `update campaigns set ${columns.map((column, n) => `${column} = $${n + 2}`).join(', ')} where id = $1::uuid`,
      [created.id, ...Object.values(rules)]
    )
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
  await expandRun(run, 'email')
  return (await loadRun(deliveryPool(), id)) as Run
}

const lease = (run: Run) => leaseChunk({ runId: run.id, owner: THIS_WORKER })
const people = (n: number, domain: string) => Array.from({ length: n }, (_, i) => `p${i}@${domain}`)
const campaignOf = (client: Client, run: Run) => findCampaign(client.accountId, run.campaignId)

test.group('Rules of the engine', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql('delete from rate_buckets')
    await sql(`update campaigns set state = 'cancelled' where state = 'running'`)
  })

  test('gives a destination with many recipients chunks of its own', async ({ assert }) => {
    const client = await aClient()
    const run = await aRun(client, [...people(300, 'big.example'), ...people(20, 'small.example')])
    const chunks = await sql(
      'select destination, sum(to_seq - from_seq + 1)::int n from delivery_chunks where run_id = $1 group by 1 order by 1',
      [run.id]
    )
    assert.deepEqual(chunks, [
      { destination: '', n: 20 },
      { destination: 'big.example', n: 300 },
    ])
    const places = await sql(
      'select destination, audience from run_destinations where run_id = $1 order by 1',
      [run.id]
    )
    assert.deepEqual(places, [
      { destination: 'big.example', audience: 300 },
      { destination: 'small.example', audience: 20 },
    ])
  })

  test('never grants more tokens than a rate allows, however many ask', async ({ assert }) => {
    await setRate({ key: bucketKeys.plugin(PLUGIN), perSecond: 100 })
    const from = performance.now()
    let granted = 0
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (performance.now() - from < 1_000) {
          const grants = await takeTokens({
            pluginId: PLUGIN,
            campaignId: PLUGIN,
            wants: new Map([['a.example', 30]]),
          })
          granted += grants.get('a.example')?.granted ?? 0
        }
      })
    )
    const seconds = (performance.now() - from) / 1_000
    assert.isAtMost(granted, Math.ceil(100 * seconds) + 20)
    assert.isAtLeast(granted, 80 * seconds)
  })

  test('limits one destination without limiting the others of the same window', async ({
    assert,
  }) => {
    await setRate({ key: bucketKeys.destination(PLUGIN, 'slow.example'), perSecond: 1 })
    await sql(`update rate_buckets set tokens = 1, refilled_at = clock_timestamp()`)
    const grants = await takeTokens({
      pluginId: PLUGIN,
      campaignId: PLUGIN,
      wants: new Map([
        ['slow.example', 10],
        ['fast.example', 10],
      ]),
    })
    assert.equal(grants.get('slow.example')?.granted, 1)
    assert.equal(grants.get('fast.example')?.granted, 10)
    assert.isAbove(grants.get('slow.example')?.waitSeconds ?? 0, 0)
  })

  test('keeps to the pace that a client chose, also when it changes', async ({ assert }) => {
    const client = await aClient()
    const run = await aRun(client, 40, { pace_per_hour: 3_600 })
    await runJobs()
    const { accepted = 0 } = await deliveryStates(run.id)
    assert.isAtLeast(accepted, 1)
    assert.isAtMost(accepted, 5)
    await sql('update campaigns set pace_per_hour = null where id = $1::uuid', [run.campaignId])
    await runJobs({ later: true })
    await sql('update delivery_chunks set not_before = now() where run_id = $1', [run.id])
    await runJobs({ later: true })
    assert.deepEqual(await deliveryStates(run.id), { accepted: 40 })
  })

  test('leaves a destination alone that asks for it, and begins slowly again', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await aRun(client, people(250, 'busy.example'))
    const key = bucketKeys.destination(PLUGIN, 'busy.example')
    await slowDown({ pluginId: PLUGIN, destination: 'busy.example', why: '421 too many' })
    await slowDown({ pluginId: PLUGIN, destination: 'busy.example', why: '421 too many' })
    const [bucket] = await sql<{ faults: number; rate: number; blocked: boolean }>(
      'select faults, rate, blocked_until > now() blocked from rate_buckets where key = $1',
      [key]
    )
    assert.deepEqual(bucket, { faults: 1, rate: 1, blocked: true })
    assert.isNull(await lease(run))
    await sql('update rate_buckets set blocked_until = now() where key = $1', [key])
    assert.isNotNull(await lease(run))
    for (let window = 0; window < 12; window++)
      await speedUp({ pluginId: PLUGIN, destinations: ['busy.example'] })
    assert.isEmpty(await sql('select 1 from rate_buckets where key = $1', [key]))
  })

  test('does not forget a block because of a window that was in flight', async ({ assert }) => {
    await slowDown({ pluginId: PLUGIN, destination: 'busy.example', why: '421' })
    await speedUp({ pluginId: PLUGIN, destinations: ['busy.example'] })
    const [bucket] = await sql('select faults, rate from rate_buckets where key = $1', [
      bucketKeys.destination(PLUGIN, 'busy.example'),
    ])
    assert.deepEqual(bucket, { faults: 1, rate: 1 })
  })

  test('forgets at night what no cap looks back to, and the pace of what is over', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await aRun(client, 2)
    await sql('update accounts set cap_messages = 1, cap_days = 40 where id = $1::uuid', [
      client.accountId,
    ])
    await sql(
      `insert into contact_touches (account_id, address, day, messages) select $1::uuid, 'a@b.example', current_date - n, 1 from unnest(array[1, 35, 60]) n`,
      [client.accountId]
    )
    const key = bucketKeys.campaign(run.campaignId)
    await setRate({ key, perSecond: 1 })
    await tidyEngine()
    assert.lengthOf(await sql('select 1 from rate_buckets where key = $1', [key]), 1)
    const days = await sql<{ ago: number }>(
      'select current_date - day ago from contact_touches where account_id = $1::uuid order by 1',
      [client.accountId]
    )
    assert.deepEqual(
      days.map((row) => row.ago),
      [1, 35]
    )
    await runJobs()
    await tidyEngine()
    assert.isEmpty(await sql('select 1 from rate_buckets where key = $1', [key]))
  })

  test('holds a sender back that cannot send, and lets it try again', async ({ assert }) => {
    const client = await aClient()
    const run = await aRun(client, 3)
    const due = async () =>
      (await runsInTurn({ pluginId: PLUGIN, channel: PLUGIN })).some((one) => one.id === run.id)
    for (let fault = 1; fault <= 2; fault++)
      await countSenderFault({ pluginId: PLUGIN, why: 'refused' })
    assert.isTrue(await due())
    await countSenderFault({ pluginId: PLUGIN, why: 'refused' })
    assert.isFalse(await due())
    await clearSenderFaults({ pluginId: PLUGIN })
    assert.isTrue(await due())
  })

  test('serves accounts by weight, and gives no credit for time away', async ({ assert }) => {
    const [one, two] = [await aClient(), await aClient()]
    await sql('update accounts set send_weight = 2 where id = $1::uuid', [two.accountId])
    await aRun(one, 3)
    await noteTurn({ pluginId: PLUGIN, accountId: one.accountId, rows: 10_000 })
    await aRun(two, 3)
    const served: Record<string, number> = { [one.accountId]: 0, [two.accountId]: 0 }
    for (let turn = 0; turn < 30; turn++) {
      const [next] = await runsInTurn({ pluginId: PLUGIN, channel: PLUGIN })
      await noteTurn({ pluginId: PLUGIN, accountId: next.accountId, rows: 500 })
      served[next.accountId] += 1
    }
    assert.closeTo(served[two.accountId] / served[one.accountId], 2, 0.4)
  })

  test('hands nothing over in the quiet hours of the contact', async ({ assert }) => {
    const client = await aClient()
    const run = await aRun(client, 3, { quiet_from: '00:00', quiet_until: '23:59:59' })
    assert.isNull(await lease(run))
    await sql(
      `update campaigns set quiet_from = ((now() at time zone 'Africa/Abidjan')::time + interval '2 hours')::time,
              quiet_until = ((now() at time zone 'Africa/Abidjan')::time + interval '3 hours')::time where id = $1::uuid`,
      [run.campaignId]
    )
    assert.isNotNull(await lease(run))
  })

  test('tells quiet hours by the clock of the zone, also over midnight', async ({ assert }) => {
    const at = (zone: string, utc: string) =>
      sql<{ quiet: boolean }>(`select is_quiet('21:00', '08:00', $1, $2::timestamptz) quiet`, [
        zone,
        utc,
      ]).then(([row]) => row.quiet)
    assert.isTrue(await at('Africa/Abidjan', '2026-11-25T21:00:00Z'))
    assert.isTrue(await at('Africa/Abidjan', '2026-11-25T07:59:00Z'))
    assert.isFalse(await at('Africa/Abidjan', '2026-11-25T08:00:00Z'))
    assert.isTrue(await at('Europe/Paris', '2026-11-25T20:30:00Z'))
    assert.isFalse(await at('Europe/Paris', '2026-07-25T18:30:00Z'))
    assert.isTrue(await at('Europe/Paris', '2026-07-25T19:30:00Z'))
  })

  test('writes to nobody more often than the account allows', async ({ assert }) => {
    const client = await aClient()
    await sql('update accounts set cap_messages = 1, cap_days = 7 where id = $1::uuid', [
      client.accountId,
    ])
    const addresses = people(5, 'cap.example')
    const [first, second] = [await aRun(client, addresses), await aRun(client, addresses)]
    await runJobs()
    const states = [await deliveryStates(first.id), await deliveryStates(second.id)]
    assert.equal((states[0].accepted ?? 0) + (states[1].accepted ?? 0), 5)
    assert.equal((states[0].excluded ?? 0) + (states[1].excluded ?? 0), 5)
    const [{ exclusions }] = await sql<{ exclusions: unknown }>(
      `select exclusions from campaign_runs where id = $1`,
      [states[0].excluded ? first.id : second.id]
    )
    assert.deepEqual(exclusions, { frequency_cap: 5 })
    assert.isEmpty(await booksAreWrong())
  })

  test('gives a place back that a refused message had taken', async ({ assert }) => {
    const client = await aClient()
    await aRun(client, ['reject@cap.example'], { cap_messages: 1, cap_days: 7 })
    await runJobs()
    const touches = await sql(`select messages from contact_touches where account_id = $1::uuid`, [
      client.accountId,
    ])
    assert.deepEqual(touches, [{ messages: 0 }])
  })

  test('gives up at the deadline what was not sent, and gives its money back', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await aRun(client, 10, { deadline_hours: 2 })
    await sql(`update campaign_runs set deadline_at = now() - interval '1 second' where id = $1`, [
      run.id,
    ])
    assert.isNull(await lease(run))
    assert.equal(await finishRun(run.id), 'finished')
    assert.deepEqual(await deliveryStates(run.id), { excluded: 10 })
    assert.equal(await client.held(), 0n)
    assert.equal((await campaignOf(client, run)).state, 'finished')
  })

  test('sends a first part, waits, and lets the rest go when it went well', async ({ assert }) => {
    const client = await aClient()
    const run = await aRun(client, 100, { canary_percent: 10 })
    await runJobs()
    assert.equal((await deliveryStates(run.id)).accepted, 10)
    await judgeCanaries({ now: new Date() })
    assert.isEmpty(await judgeCanaries({ now: new Date() }))
    assert.deepEqual(await judgeCanaries({ now: new Date(Date.now() + 3_600_000) }), [run.id])
    /** As the sweep does, which judges canaries every minute */
    await queuePumps(run)
    await runJobs({ later: true })
    assert.deepEqual(await deliveryStates(run.id), { accepted: 100 })
  })

  test('pauses with the reason when the first part bounces, and obeys who resumes it', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await aRun(client, [...people(90, 'a.example')], { canary_percent: 10 })
    await sql(
      `update deliveries set address = 'reject' || seq || '@a.example' where run_id = $1 and seq <= 9`,
      [run.id]
    )
    await runJobs()
    await judgeCanaries({ now: new Date() })
    const campaign = await campaignOf(client, run)
    assert.equal(campaign.state, 'paused')
    const [{ what, data }] = await sql<{ what: string; data: Record<string, number> }>(
      'select what, data from campaign_changes where campaign_id = $1::uuid order by id desc limit 1',
      [campaign.id]
    )
    assert.equal(what, 'canary_bounced')
    assert.deepInclude(data, { limit: 0.02 })
    await resumeCampaign({ campaign, by: client.by })
    await runJobs({ later: true })
    assert.deepEqual(await deliveryStates(run.id), { accepted: 81, rejected: 9 })
  })

  test('lets a person settle what nobody knows, by name, and charges what arrived', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await aRun(client, ['unknown1@a.example', 'unknown2@a.example', 'defer@a.example'])
    await runJobs()
    const decide = (decision: 'accepted' | 'rejected' | 'resend', seqs: number[]) =>
      settleUncertain({
        accountId: client.accountId,
        runId: run.id,
        decision,
        seqs,
        by: client.by,
        why: 'téléphoné',
      })
    const uncertain = await sql<{ seq: number }>(
      `select seq from deliveries where run_id = $1 and state = 'uncertain' order by seq`,
      [run.id]
    )
    assert.lengthOf(uncertain, 2)
    assert.equal(await decide('accepted', [uncertain[0].seq]), 1)
    assert.equal(await decide('accepted', [uncertain[0].seq]), 0)
    assert.equal(await decide('resend', [uncertain[1].seq]), 1)
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, pending: 1, deferred: 1 })
    const [counters] = await sql(
      'select pending, accepted, uncertain, cost_micro from campaign_runs where id = $1',
      [run.id]
    )
    assert.deepEqual(counters, { pending: 2, accepted: 1, uncertain: 0, cost_micro: 10_000_000n })
    const decisions = await sql(
      'select decision, by_name, why from delivery_decisions where run_id = $1 order by id',
      [run.id]
    )
    assert.deepEqual(decisions, [
      { decision: 'accepted', by_name: 'Awa Koné', why: 'téléphoné' },
      { decision: 'resend', by_name: 'Awa Koné', why: 'téléphoné' },
    ])
    const other = await aClient()
    assert.equal(
      await settleUncertain({
        accountId: other.accountId,
        runId: run.id,
        decision: 'rejected',
        by: other.by,
      }),
      0
    )
    assert.isEmpty(await booksAreWrong())
  })

  test('leaves out whom an earlier run of the campaign reached, when newcomers are meant', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await aRun(client, people(4, 'new.example'))
    await runJobs()
    await sql(`update campaigns set newcomers_only = true, state = 'running' where id = $1::uuid`, [
      run.campaignId,
    ])
    await sql(
      `with made as (insert into contacts (account_id, email, consent) values ($1, 'newcomer@new.example', 'granted') returning id)
       insert into contact_list_members (list_id, contact_id) select $2, id from made`,
      [client.accountId, run.snapshot.listIds[0]]
    )
    const [{ id }] = await sql<{ id: number }>(
      `insert into campaign_runs (campaign_id, account_id, n, snapshot) select campaign_id, account_id, 2, snapshot from campaign_runs where id = $1 returning id`,
      [run.id]
    )
    const second = (await loadRun(deliveryPool(), id)) as Run
    await expandRun(second, 'email')
    assert.deepEqual(await sql('select address, state from deliveries where run_id = $1', [id]), [
      { address: 'newcomer@new.example', state: 'pending' },
    ])
  })

  test('frees the leases of a worker that is gone', async ({ assert }) => {
    const client = await aClient()
    const run = await aRun(client, 3)
    await leaseChunk({ runId: run.id, owner: '00000000-0000-4000-8000-000000000001' })
    assert.isNull(await lease(run))
    await freeDeadLeases()
    assert.isNotNull(await lease(run))
  })

  test('drops the partitions of runs that ended long ago, and keeps their counters', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await aRun(client, 3)
    await runJobs()
    const large = 1_073_800_000 + Math.floor(Math.random() * 100_000)
    await sql(
      `insert into campaign_runs (id, campaign_id, account_id, n, snapshot, state, finished_at, accepted)
       select $2, campaign_id, account_id, 9, snapshot, 'finished', now() - interval '500 days', 7 from campaign_runs where id = $1`,
      [run.id, large]
    )
    await sql('select open_run_partitions($1)', [large])
    await sql(`insert into deliveries (run_id, seq, address) values ($1, 1, 'a@b.example')`, [
      large,
    ])
    assert.sameMembers(await retireRuns(), [`deliveries_run_${large}`, `events_run_${large}`])
    assert.isEmpty(await sql('select 1 from deliveries where run_id = $1', [large]))
    assert.deepEqual(await deliveryStates(run.id), { accepted: 3 })
    assert.deepEqual(await sql('select accepted from campaign_runs where id = $1', [large]), [
      { accepted: 7 },
    ])
  })
})
