import { runFactory } from '#database/factories/run_factory'
import { test } from '@japa/runner'
import { findCampaign } from '#core/campaigns/find_campaign'
import { resumeCampaign } from '#core/campaigns/lifecycle/resume_campaign'
import { sql } from '#core/database/sql'
import { expandRun } from '#core/delivery/expansion/expand_run'
import { finishRun } from '#core/delivery/ending/finish_run'
import { freeDeadLeases } from '#core/delivery/dispatch/free_dead_leases'
import { checkCanaries } from '#core/delivery/operations/check_canaries'
import { leaseChunk } from '#core/delivery/dispatch/lease_chunk'
import { queueDispatches } from '#core/delivery/dispatch/queue_dispatch'
import { retireRuns } from '#core/delivery/operations/retire_runs'
import { loadRun } from '#core/runs/load_run'
import type { Run } from '#core/runs/run'
import { settleUncertain } from '#core/delivery/uncertain/settle_uncertain'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, deliveryStates, runJobs, type Client } from '#tests/line_kit'
import { anExpandedRun, lease } from './run_kit.js'

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
  test('hands nothing over in the quiet hours of the contact', async ({ assert }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, 3, {
      rules: { quiet_from: '00:00', quiet_until: '23:59:59' },
    })
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
    const [first, second] = [
      await anExpandedRun(client, addresses),
      await anExpandedRun(client, addresses),
    ]
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
    await anExpandedRun(client, ['reject@cap.example'], { rules: { cap_messages: 1, cap_days: 7 } })
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
    const run = await anExpandedRun(client, 10, { rules: { deadline_hours: 2 } })
    await sql(`update campaign_runs set deadline_at = now() - interval '1 second' where id = $1`, [
      run.id,
    ])
    assert.isNull(await lease(run))
    assert.equal(await finishRun(run.id, new Date()), 'finished')
    assert.deepEqual(await deliveryStates(run.id), { excluded: 10 })
    assert.equal(await client.held(), 0n)
    assert.equal((await campaignOf(client, run)).state, 'finished')
  })

  test('sends a first part, waits, and lets the rest go when it went well', async ({ assert }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, 100, { rules: { canary_percent: 10 } })
    await runJobs()
    assert.equal((await deliveryStates(run.id)).accepted, 10)
    await checkCanaries({ now: new Date() })
    assert.isEmpty(await checkCanaries({ now: new Date() }))
    assert.deepEqual(await checkCanaries({ now: new Date(Date.now() + 3_600_000) }), [run.id])
    /** As the sweep does, which classifies canaries every minute */
    await queueDispatches(run)
    await runJobs({ later: true })
    assert.deepEqual(await deliveryStates(run.id), { accepted: 100 })
  })

  test('pauses with the reason when the first part bounces, and obeys who resumes it', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, [...people(90, 'a.example')], {
      rules: { canary_percent: 10 },
    })
    await sql(
      `update deliveries set address = 'reject' || seq || '@a.example' where run_id = $1 and seq <= 9`,
      [run.id]
    )
    await runJobs()
    await checkCanaries({ now: new Date() })
    const campaign = await campaignOf(client, run)
    assert.equal(campaign.state, 'paused')
    const [{ what, data }] = await sql<{ what: string; data: Record<string, number> }>(
      'select what, data from campaign_changes where campaign_id = $1::uuid order by id desc limit 1',
      [campaign.id]
    )
    assert.equal(what, 'canary_bounced')
    assert.deepInclude(data, { limit: 0.02 })
    await resumeCampaign({ campaign, by: client.by, now: new Date() })
    await runJobs({ later: true })
    assert.deepEqual(await deliveryStates(run.id), { accepted: 81, rejected: 9 })
  })

  test('lets a person settle what nobody knows, by name, and charges what arrived', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, [
      'unknown1@a.example',
      'unknown2@a.example',
      'defer@a.example',
    ])
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
    const run = await anExpandedRun(client, people(4, 'new.example'))
    await runJobs()
    await sql(`update campaigns set newcomers_only = true, state = 'running' where id = $1::uuid`, [
      run.campaignId,
    ])
    await sql(
      `with made as (insert into contacts (account_id, email, consent) values ($1, 'newcomer@new.example', 'granted') returning id)
       insert into contact_list_members (list_id, contact_id) select $2, id from made`,
      [client.accountId, run.snapshot.listIds[0]]
    )
    const id = await runFactory(run.campaignId, {})
    await sql(
      `update campaign_runs r set quote_id = f.quote_id, snapshot = f.snapshot from campaign_runs f where r.id = $1 and f.id = $2`,
      [id, run.id]
    )
    const second = (await loadRun(id)) as Run
    await expandRun(second, 'email')
    assert.deepEqual(await sql('select address, state from deliveries where run_id = $1', [id]), [
      { address: 'newcomer@new.example', state: 'pending' },
    ])
  })

  test('frees the leases of a worker that is gone, and sends on at once', async ({ assert }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, 3)
    await leaseChunk({ runId: run.id, owner: '00000000-0000-4000-8000-000000000001' })
    assert.isNull(await lease(run))
    const key = `dispatch:${run.pluginId}:${run.channel}:1`
    await sql('select graphile_worker.remove_job($1)', [key])
    await freeDeadLeases()
    const queued = await sql('select 1 from graphile_worker.jobs where key = $1', [key])
    assert.lengthOf(queued, 1)
    assert.isNotNull(await lease(run))
  })

  test('drops the partitions of runs that ended long ago, and keeps their counters', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, 3)
    await runJobs()
    const large = await runFactory(run.campaignId, {
      state: 'finished',
      endedDaysAgo: 500,
      accepted: 7,
      large: true,
    })
    await sql('select open_run_partitions($1)', [large])
    await sql(`insert into deliveries (run_id, seq, address) values ($1, 1, 'a@b.example')`, [
      large,
    ])
    assert.sameMembers(await retireRuns(), [
      `deliveries_run_${large}`,
      `delivery_parts_run_${large}`,
      `events_run_${large}`,
    ])
    assert.isEmpty(await sql('select 1 from deliveries where run_id = $1', [large]))
    assert.deepEqual(await deliveryStates(run.id), { accepted: 3 })
    assert.deepEqual(await sql('select accepted from campaign_runs where id = $1', [large]), [
      { accepted: 7 },
    ])
  })
})
