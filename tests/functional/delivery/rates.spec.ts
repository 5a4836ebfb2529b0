import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import {
  slowDown,
  speedUp,
  countSenderFault,
  clearSenderFaults,
} from '#core/delivery/rates/adapt_rate'
import { noteTurn, runsInTurn } from '#core/delivery/dispatch/runs_in_turn'
import { setRate } from '#core/delivery/rates/set_rate'
import { tidyEngine } from '#core/delivery/operations/tidy_engine'
import { bucketKeys, takeTokens } from '#core/delivery/rates/take_tokens'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, deliveryStates, runJobs } from '#tests/line_kit'
import { anExpandedRun, lease, PLUGIN } from './run_kit.js'

const people = (n: number, domain: string) => Array.from({ length: n }, (_, i) => `p${i}@${domain}`)

test.group('Lanes, rates and turns', (group) => {
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
    const run = await anExpandedRun(client, [
      ...people(300, 'big.example'),
      ...people(20, 'small.example'),
    ])
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
    const run = await anExpandedRun(client, 40, { rules: { pace_per_hour: 3_600 } })
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
    const run = await anExpandedRun(client, people(250, 'busy.example'))
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
    const run = await anExpandedRun(client, 2)
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
    const run = await anExpandedRun(client, 3)
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
    await anExpandedRun(one, 3)
    await noteTurn({ pluginId: PLUGIN, accountId: one.accountId, rows: 10_000 })
    await anExpandedRun(two, 3)
    const served: Record<string, number> = { [one.accountId]: 0, [two.accountId]: 0 }
    for (let turn = 0; turn < 30; turn++) {
      const [next] = await runsInTurn({ pluginId: PLUGIN, channel: PLUGIN })
      await noteTurn({ pluginId: PLUGIN, accountId: next.accountId, rows: 500 })
      served[next.accountId] += 1
    }
    assert.closeTo(served[two.accountId] / served[one.accountId], 2, 0.4)
  })
})
