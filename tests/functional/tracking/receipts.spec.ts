import { test } from '@japa/runner'
import type pg from 'pg'
import { createPool } from '#core/database/pool'
import { sql } from '#core/database/sql'
import { recordEvents } from '#core/tracking/recording/record_events'
import { newTrackingEvent, type TrackingEvent } from '#core/tracking/tracking_event'
import type { EventKind } from '#core/runs/delivery_event'
import { aSentRun } from './tracking_kit.js'

let told = 0

/** What a plugin tells of a delivery by its key */
const receipt = (
  providerKey: string,
  kind: EventKind,
  o: { pluginId?: string; permanent?: boolean } = {}
): TrackingEvent =>
  newTrackingEvent({
    key: `receipt:${(told += 1)}`,
    of: { pluginId: o.pluginId ?? 'fixture_messaging', providerKey },
    kind,
    permanent: o.permanent ?? false,
    at: new Date(),
  })

test.group('Receipts', (group) => {
  let pool: pg.Pool
  group.setup(() => {
    pool = createPool({ max: 2, name: 'tests' })
    return () => pool.end()
  })

  const suppressedOf = (run: number) =>
    sql<{ address: string; reason: string; source: string }>(
      `select s.address, s.reason, s.source from suppressions s join campaign_runs r on r.account_id = s.account_id
        where r.id = $1 order by s.address`,
      [run]
    )

  test('of a dead address, a complaint and an unsubscription end the messages to it; others do not', async ({
    assert,
  }) => {
    const run = await aSentRun()
    const key = (seq: number) => `key-${run}-${seq}`
    const receipts = [
      receipt(key(1), 'bounced', { permanent: true }),
      receipt(key(2), 'complained'),
      receipt(key(3), 'unsubscribed'),
      receipt(key(4), 'bounced'),
      receipt(key(5), 'delivered'),
      receipt(key(6), 'replied'),
    ]
    await recordEvents(pool, receipts)
    await recordEvents(pool, receipts)
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
    await sql('update deliveries set provider_key = null where run_id = $1 and seq = 2', [run])
    const strange = [
      receipt(`key-${run}-1`, 'bounced', { pluginId: 'somebody_else', permanent: true }),
      receipt(`${run}.2`, 'complained', { pluginId: 'somebody_else' }),
      /** Its provider gave it a key of its own: nobody guesses it by counting */
      receipt(`${run}.3`, 'complained'),
    ]
    assert.deepEqual(await recordEvents(pool, strange), strange)
    assert.isEmpty(await suppressedOf(run))
    assert.isEmpty(await sql('select 1 from events where run_id = $1', [run]))

    assert.isEmpty(await recordEvents(pool, [receipt(`${run}.2`, 'delivered')]))
    const [{ state }] = await sql<{ state: string }>(
      'select state from deliveries where run_id = $1 and seq = 2',
      [run]
    )
    assert.equal(state, 'delivered')
  })

  test('cannot take the place of an event of our own', async ({ assert }) => {
    const run = await aSentRun()
    const forged = { ...receipt(`key-${run}-1`, 'delivered'), key: 'receipt:unsubscribed:1' }
    const own = newTrackingEvent({
      key: 'unsubscribed:1',
      of: { runId: run, seq: 1 },
      kind: 'unsubscribed',
      at: new Date(),
    })
    await recordEvents(pool, [forged])
    await recordEvents(pool, [own])
    assert.deepEqual(await sql('select kind from events where run_id = $1 order by id', [run]), [
      { kind: 'delivered' },
      { kind: 'unsubscribed' },
    ])
  })
})
