import { runFactory } from '#database/factories/run_factory'
import { test } from '@japa/runner'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'
import { runWorker } from '#core/jobs/run_worker'
import { TaskRegistry } from '#core/jobs/task_registry'
import { metrics } from '#core/reporting/health/metrics'
import pluginKernel from '#core/plugins/main'
import { spool } from '#core/tracking/intake/event_buffer'
import { newTrackingEvent } from '#core/tracking/tracking_event'
import env from '#start/env'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aService, type Client } from '#tests/line_kit'

/** Every series with its value. A line that is none of the format's fails */
function parse(text: string): Map<string, number> {
  const series = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z_][a-z0-9_]+ .+$/.test(line)) continue
    const match =
      /^([a-zA-Z_]\w*(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})?) (-?[\d.e+-]+|Nan|\+Inf)$/.exec(line)
    if (!match) throw new Error(`no line of the format: ${line}`)
    if (series.has(match[1])) throw new Error(`twice: ${match[1]}`)
    series.set(match[1], Number(match[2].replace('+Inf', 'Infinity')))
  }
  return series
}

declare global {
  namespace GraphileWorker {
    interface Tasks {
      'tests.late': Record<string, never>
    }
  }
}

const read = async () => parse((await metrics()).text)

async function runsOf(
  client: Client,
  n: number,
  counters: Parameters<typeof runFactory>[1] = { accepted: 7, rejected: 2 }
) {
  const campaign = await createCampaign({
    accountId: client.accountId,
    service: await aService('fixture_messaging'),
    name: 'Mesures',
    by: client.by,
  })
  const first = await runFactory(campaign.id, { state: 'running', ...counters })
  await sql(
    `insert into campaign_runs (campaign_id, account_id, n, quote_id, campaign_name, channel, plugin_id, kind, rules, snapshot, state,
                                accepted, rejected, pending, uncertain)
     select campaign_id, account_id, more.n, quote_id, campaign_name, channel, plugin_id, kind, rules, snapshot, state,
            accepted, rejected, pending, uncertain
       from campaign_runs r, generate_series(2, $2::int) more(n) where r.id = $1`,
    [first, n]
  )
  return campaign
}

test.group('Metrics', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql(`delete from campaigns where name = 'Mesures'`)
  })

  test('are in the format of Prometheus, with a series for each task and state', async ({
    assert,
  }) => {
    await spool.append([
      newTrackingEvent({ of: { runId: 1, seq: 1 }, kind: 'opened', at: new Date() }),
    ])
    const series = await read()
    assert.isTrue(series.has('griot_deliveries_total{outcome="accepted"}'))
    assert.equal(series.get('griot_jobs_oldest_seconds{task="delivery.retire"}'), 0)
    assert.equal(series.get('griot_intake_lost_total'), 0)
    /** Not alone: a receipt that another test told before its delivery was known waits here too */
    assert.isAbove(series.get('griot_spool_events') ?? 0, 0)
    assert.equal(series.get('griot_spool_events'), await spool.size())
    assert.isAbove(series.get('process_resident_memory_bytes') ?? 0, 1e7)
    const names = [...series.keys()].filter((name) => name.startsWith('griot_'))
    assert.isBelow(names.length, 500)
    assert.isEmpty(names.filter((name) => /[0-9a-f]{8}-[0-9a-f]{4}/.test(name)))
  })

  test('are for this machine, and for whoever has the token', async ({ client }) => {
    const from = (token?: string) => {
      const request = client.get('/metrics').header('x-forwarded-for', '203.0.113.9')
      return token ? request.header('authorization', `Bearer ${token}`) : request
    }
    ;(await client.get('/metrics')).assertStatus(200)
    ;(await from()).assertStatus(403)
    ;(await from('anything')).assertStatus(403)
    env.set('METRICS_TOKEN', 'a secret of the operator')
    try {
      ;(await from('anything')).assertStatus(403)
      const page = await from('a secret of the operator')
      page.assertStatus(200)
      page.assertTextIncludes('griot_workers')
      ;(await client.get('/metrics')).assertStatus(200)
    } finally {
      env.set('METRICS_TOKEN', '')
    }
  })

  test('never count less than before, also when a client and its runs are deleted', async ({
    assert,
  }) => {
    const accepted = async () =>
      (await read()).get('griot_deliveries_total{outcome="accepted"}') ?? -1
    const before = await accepted()
    const campaign = await runsOf(await aClient(), 3)
    assert.equal(await accepted(), before + 21)
    await sql('delete from campaigns where id = $1::uuid', [campaign.id])
    assert.equal(await accepted(), before + 21)
  })

  test('tell what waits and what nobody knows', async ({ assert }) => {
    const before = await read()
    await runsOf(await aClient(), 2, { pending: 5, uncertain: 3 })
    const after = await read()
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
    assert.equal(grown('griot_deliveries_pending'), 10)
    assert.equal(grown('griot_deliveries_uncertain'), 6)
    assert.equal(grown('griot_runs_live{state="running"}'), 2)
  })

  test('tell how late jobs began on any worker, and keep it when the worker leaves', async ({
    assert,
  }) => {
    let done: () => void = () => undefined
    const ran = new Promise<void>((resolve) => (done = resolve))
    const registry = new TaskRegistry().add({
      name: 'tests.late',
      handler: async () => done(),
      lane: 'prompt',
    })
    await addJob('tests.late', {}, { runAt: new Date(Date.now() - 20_000) })
    const worker = await runWorker({ heldFlags: () => [], registry })
    await ran
    await worker.stop()
    const series = await read()
    const count = (le: string) =>
      series.get(`griot_job_latency_seconds_bucket{le="${le}",task="tests.late"}`)
    assert.deepEqual([count('10'), count('30'), count('+Inf')], [0, 1, 1])
    assert.equal(series.get('griot_job_latency_seconds_count{task="tests.late"}'), 1)
    assert.closeTo(series.get('griot_job_latency_seconds_sum{task="tests.late"}') ?? 0, 20, 5)
    assert.isEmpty(await sql('select 1 from workers'))
  })

  test('are read within 50 ms at 1,000 runs', async ({ assert }) => {
    await runsOf(await aClient(), 1_000)
    await sql(
      `insert into delivery_chunks (run_id, n, from_seq, to_seq, state)
       select r.id, c.n, c.n, c.n, 'open' from campaign_runs r join campaigns g on g.id = r.campaign_id, generate_series(1, 20) c(n) where g.name = 'Mesures'`
    )
    await metrics()
    const times: number[] = []
    for (let turn = 0; turn < 7; turn++) {
      const from = performance.now()
      await metrics()
      times.push(performance.now() - from)
    }
    assert.isBelow(Math.min(...times), 50, `${times.map(Math.round).join(', ')} ms`)
  })
})
