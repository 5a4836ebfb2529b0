import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import type { FactSubject, ReceiptFact, ReceiptKind } from '@griot/sdk'
import { sql } from '#core/database/sql'
import { reportFacts } from '#core/facts/report_facts'
import { recordEvents } from '#core/tracking/recording/record_events'
import { newTrackingEvent } from '#core/tracking/tracking_event'
import { createPool } from '#core/database/pool'
import { aClient, aService, booksAreWrong, deliveryStates } from '#tests/line_kit'
import { aChunk, anExpandedRun, expireLeases, hand, lease } from '../delivery/run_kit.js'
import { aSentRun } from '../tracking/tracking_kit.js'

const receipt = (of: FactSubject, is: ReceiptKind, o: Partial<ReceiptFact> = {}): ReceiptFact => ({
  kind: 'receipt',
  id: randomUUID(),
  at: new Date(),
  of,
  is,
  ...o,
})

const report = (facts: readonly ReceiptFact[], pluginId = 'fixture_messaging') =>
  reportFacts({ pluginId, facts, now: new Date() })

const key = (run: number, seq: number) => ({ providerKey: `key-${run}-${seq}` })
const stateOf = (run: number, seq: number) =>
  sql<{ state: string }>('select state from deliveries where run_id = $1 and seq = $2', [
    run,
    seq,
  ]).then(([row]) => row.state)
const suppressedOf = (run: number) =>
  sql<{ address: string; reason: string; source: string }>(
    `select s.address, s.reason, s.source from suppressions s join campaign_runs r on r.account_id = s.account_id
      where r.id = $1 order by s.address`,
    [run]
  )

test.group('Receipts', (group) => {
  group.each.teardown(async () => {
    await sql('delete from parked_facts')
  })

  test('of a dead address, a complaint and an unsubscription end the messages to it; others do not', async ({
    assert,
  }) => {
    const run = await aSentRun()
    const receipts = [
      receipt(key(run, 1), 'failed', { permanent: true }),
      receipt(key(run, 2), 'complained'),
      receipt(key(run, 3), 'unsubscribed'),
      receipt(key(run, 4), 'failed'),
      receipt(key(run, 5), 'delivered'),
      receipt(key(run, 6), 'replied'),
      receipt(key(run, 7), 'read'),
      receipt(key(run, 8), 'answered'),
      receipt(key(run, 8), 'ended'),
    ]
    assert.deepEqual(await report(receipts), { recorded: 9, repeated: 0, parked: 0 })
    assert.deepEqual(await report(receipts), { recorded: 0, repeated: 9, parked: 0 })
    const addresses = await sql<{ seq: number; address: string }>(
      'select seq, address from deliveries where run_id = $1 and seq <= 3 order by seq',
      [run]
    )
    const reasons = ['bounced', 'complained', 'unsubscribed']
    assert.sameDeepMembers(
      await suppressedOf(run),
      addresses.map((row, n) => ({
        address: row.address,
        reason: reasons[n],
        source: `run:${run}`,
      }))
    )
    const [counted] = await sql(
      'select bounced, complained, unsubscribed, delivered, replied from campaign_runs where id = $1',
      [run]
    )
    assert.deepEqual(counted, {
      bounced: 2,
      complained: 1,
      unsubscribed: 1,
      delivered: 1,
      replied: 1,
    })
  })

  test('match deliveries of their own plugin alone, by its key and by ours', async ({ assert }) => {
    const run = await aSentRun()
    await aService('fixture_facts')
    await sql('update deliveries set provider_key = null where run_id = $1 and seq = 2', [run])
    const strange = [
      receipt(key(run, 1), 'failed', { permanent: true }),
      receipt({ providerKey: `${run}.2` }, 'complained'),
      receipt({ deliveryId: `${run}.3` }, 'complained'),
    ]
    assert.include(await report(strange, 'fixture_facts'), { recorded: 0, parked: 3 })
    /** Its provider gave it a key of its own: nobody finds it by counting */
    assert.include(await report([receipt({ providerKey: `${run}.3` }, 'complained')]), {
      parked: 1,
    })
    assert.isEmpty(await suppressedOf(run))
    assert.isEmpty(await sql('select 1 from events where run_id = $1', [run]))

    await report([
      receipt({ providerKey: `${run}.2` }, 'delivered'),
      receipt({ deliveryId: `${run}.3` }, 'delivered'),
    ])
    assert.deepEqual([await stateOf(run, 2), await stateOf(run, 3)], ['delivered', 'delivered'])
  })

  test('are one by endpoint and id', async ({ assert }) => {
    const run = await aSentRun()
    const one = receipt(key(run, 1), 'read', { id: '7' })
    assert.include(await report([one, one, { ...one, endpoint: 'a' }, { ...one, endpoint: 'b' }]), {
      recorded: 3,
      repeated: 1,
    })
  })

  test('never move a state backwards, in whatever order they come', async ({ assert }) => {
    const run = await aSentRun()
    const delivered = (seq: number) => receipt(key(run, seq), 'delivered')
    const failed = (seq: number) => receipt(key(run, seq), 'failed')
    await report([delivered(1), failed(1)])
    await report([failed(2)])
    await report([delivered(2)])
    assert.deepEqual([await stateOf(run, 1), await stateOf(run, 2)], ['bounced', 'bounced'])
  })

  test('cannot take the place of an event of our own', async ({ assert }) => {
    const run = await aSentRun()
    await report([receipt(key(run, 1), 'delivered', { id: 'unsubscribed:1' })])
    const pool = createPool({ max: 1, name: 'tests' })
    await recordEvents(pool, [
      newTrackingEvent({
        key: 'unsubscribed:1',
        of: { runId: run, seq: 1 },
        kind: 'unsubscribed',
        at: new Date(),
      }),
    ])
    await pool.end()
    assert.deepEqual(await sql('select kind from events where run_id = $1 order by id', [run]), [
      { kind: 'delivered' },
      { kind: 'unsubscribed' },
    ])
  })
})

test.group('Receipts of deliveries whose answer was lost', () => {
  const uncertain = async () => {
    const client = await aClient()
    const run = await anExpandedRun(
      client,
      ['a@lost.example', 'b@lost.example', 'c@lost.example'],
      {
        plugin: 'fixture_messaging',
      }
    )
    const chunk = await aChunk(run)
    await hand(run, chunk, 1, 3)
    await expireLeases(run)
    await lease(run)
    assertUncertain(await deliveryStates(run.id))
    return { client, run }
  }
  const assertUncertain = (states: Record<string, number>) => {
    if (states.uncertain !== 3) throw new Error(`not uncertain: ${JSON.stringify(states)}`)
  }

  test('say that it was taken: it is charged once, and moves on', async ({ assert }) => {
    const { client, run } = await uncertain()
    const before = await client.held()
    const told = [
      receipt({ deliveryId: `${run.id}.1` }, 'delivered'),
      receipt({ providerKey: `${run.id}.2` }, 'failed', { permanent: true }),
    ]
    assert.include(await report(told), { recorded: 2 })
    assert.include(await report(told), { repeated: 2 })
    assert.deepEqual(await deliveryStates(run.id), { bounced: 1, delivered: 1, uncertain: 1 })
    assert.equal(before - (await client.held()), 20n)
    assert.deepEqual(
      await sql(
        'select seq, decision, by_kind, why from delivery_decisions where run_id = $1 order by seq',
        [run.id]
      ),
      [1, 2].map((seq) => ({ seq, decision: 'accepted', by_kind: 'system', why: 'receipt' }))
    )
    const [counted] = await sql(
      'select uncertain, accepted, delivered, bounced from campaign_runs where id = $1',
      [run.id]
    )
    assert.deepEqual(counted, { uncertain: 1, accepted: 2, delivered: 1, bounced: 1 })
    assert.isEmpty(await booksAreWrong())
  })
})
