import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import { factsPool } from '#core/facts/fact_intake'
import { matchParked } from '#core/facts/match_parked'
import { reportFacts } from '#core/facts/report_facts'
import { tidyParked } from '#core/facts/tidy_parked'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, deliveryStates, runJobs } from '#tests/line_kit'
import { anExpandedRun } from '../delivery/run_kit.js'
import { aSentRun } from '../tracking/tracking_kit.js'

const PLUGIN = 'fixture_facts'
const parked = () =>
  sql<{ subject: string }>('select subject from parked_facts order by place').then((rows) =>
    rows.map((row) => row.subject)
  )
const early = (providerKey: string) => ({
  kind: 'receipt',
  id: `e-${providerKey}`,
  at: new Date(),
  of: { providerKey },
  is: 'delivered',
})
const report = (...facts: unknown[]) =>
  reportFacts({ pluginId: 'fixture_messaging', facts, now: new Date() })

test.group('Facts that come before their delivery', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.setup(async () => {
    await sql('delete from parked_facts')
    return async () => {
      await sql('delete from parked_facts')
    }
  })

  test('meet it when its outcome is written', async ({ assert }) => {
    const client = await aClient()
    const people = ['early', 'twice', 'dead', 'quiet'].map((local) => `${local}@told.example`)
    const run = await anExpandedRun(client, people, { plugin: PLUGIN })
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, bounced: 1, delivered: 2 })
    assert.isEmpty(await parked())
    assert.deepEqual(
      await sql('select address, reason from suppressions where account_id = $1', [
        client.accountId,
      ]),
      [{ address: 'dead@told.example', reason: 'bounced' }]
    )
    assert.isEmpty(await booksAreWrong())
  })

  test('about parts: a message is delivered when all of them are, failed when one is', async ({
    assert,
  }) => {
    const client = await aClient()
    const people = ['parts', 'broken', 'partly'].map((local) => `${local}@told.example`)
    const run = await anExpandedRun(client, people, { plugin: PLUGIN })
    await runJobs()
    assert.deepEqual(
      await sql(
        `select split_part(address, '@', 1) as local, state from deliveries where run_id = $1 order by 1`,
        [run.id]
      ),
      [
        { local: 'broken', state: 'bounced' },
        { local: 'partly', state: 'accepted' },
        { local: 'parts', state: 'delivered' },
      ]
    )
    const [counted] = await sql('select delivered, bounced from campaign_runs where id = $1', [
      run.id,
    ])
    assert.deepEqual(counted, { delivered: 1, bounced: 1 })
    assert.isEmpty(await parked())

    const [{ seq }] = await sql<{ seq: number }>(
      `select seq from deliveries where run_id = $1 and address like 'partly@%'`,
      [run.id]
    )
    const part = (n: number, id = `dlr-${run.id}.${seq}-${n}`) => ({
      ...early(`far-${run.id}.${seq}-${n}`),
      id,
    })
    const tell = (...facts: unknown[]) => reportFacts({ pluginId: PLUGIN, facts, now: new Date() })
    assert.include(await tell(part(1), part(2), part(2)), { recorded: 1, repeated: 2 })
    assert.include(await deliveryStates(run.id), { accepted: 1 })
    assert.include(await tell(part(3)), { recorded: 1 })
    assert.include(await deliveryStates(run.id), { delivered: 2 })
  })

  test('are kept once, and matched by the clock when they crossed on the way', async ({
    assert,
  }) => {
    const run = await aSentRun()
    assert.include(await report(early('not-yet'), early('never')), { parked: 2, recorded: 0 })
    assert.include(await report(early('not-yet')), { parked: 0, repeated: 1 })
    await sql(`update deliveries set provider_key = 'not-yet' where run_id = $1 and seq = 1`, [run])
    assert.equal(await matchParked(factsPool()), 1)
    assert.deepEqual(await parked(), ['never'])
    const [{ state }] = await sql<{ state: string }>(
      'select state from deliveries where run_id = $1 and seq = 1',
      [run]
    )
    assert.equal(state, 'delivered')
    assert.equal(await matchParked(factsPool()), 0)
  })

  test('are forgotten after a day', async ({ assert }) => {
    await report(early('old'), early('new'))
    await sql(
      `update parked_facts set parked_at = now() - interval '25 hours' where subject = 'old'`
    )
    await tidyParked(new Date())
    assert.deepEqual(await parked(), ['new'])
  })
})
