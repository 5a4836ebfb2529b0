import { test } from '@japa/runner'
import type pg from 'pg'
import { createPool } from '#core/database/pool'
import { sql } from '#core/database/sql'
import type { Classifier } from '#core/tracking/classifier/signals'
import { classifier1 } from '#core/tracking/classifier/classifier_1'
import { classifyRuns } from '#core/tracking/classifier/classify_runs'
import { newTrackingEvent, type TrackingEvent } from '#core/tracking/tracking_event'
import { reclassify } from '#core/tracking/classifier/reclassify'
import { recordEvents } from '#core/tracking/recording/record_events'
import { aTrackingEvent, aSentRun, recounted, rollups } from './tracking_kit.js'

test.group('Events', (group) => {
  let pool: pg.Pool
  group.setup(() => {
    pool = createPool({ max: 8, name: 'tests' })
    return () => pool.end()
  })

  test('move every counter and rollup once, however often they are told', async ({ assert }) => {
    const run = await aSentRun()
    const trackingEvents = [
      aTrackingEvent(run, 1, 'opened'),
      aTrackingEvent(run, 1, 'opened', { ago: 60 }),
      aTrackingEvent(run, 1, 'clicked', { link: 1 }),
      aTrackingEvent(run, 2, 'opened', { userAgent: 'Mozilla/5.0' }),
      aTrackingEvent(run, 3, 'opened', { userAgent: 'curl/8.5.0' }),
      aTrackingEvent(run, 3, 'clicked', { ipPrefix: '52.58.10.0/24' }),
      aTrackingEvent(run, 4, 'unsubscribed', { key: 'unsubscribed:4' }),
      aTrackingEvent(run, 5, 'complained', { key: 'fbl-1' }),
      aTrackingEvent(run, 999, 'opened'),
    ]
    for (let times = 0; times < 3; times++) await recordEvents(pool, trackingEvents)

    const kept = await rollups(run)
    assert.deepEqual(kept, await recounted(run))
    assert.deepEqual(kept.run, {
      opened: 3,
      opened_bot: 1,
      opened_unique: 2,
      opened_unverified: 1,
      clicked: 1,
      clicked_bot: 1,
      clicked_unique: 1,
      unsubscribed: 1,
      complained: 1,
      delivered: 0,
      bounced: 0,
      visits: 0,
      dwell_ms: 0,
    })
    const [first] = await sql<{ seconds: number }>(
      'select extract(epoch from now() - first_opened_at)::int seconds from deliveries where run_id = $1 and seq = 1',
      [run]
    )
    assert.closeTo(first.seconds, 60, 5)
  })

  test('take the first two clicks of a burst back when the third comes', async ({ assert }) => {
    const run = await aSentRun()
    await recordEvents(pool, [aTrackingEvent(run, 1, 'clicked', { link: 0, ago: 9 })])
    await recordEvents(pool, [aTrackingEvent(run, 1, 'clicked', { link: 1, ago: 5 })])
    assert.include((await rollups(run)).run, { clicked: 2, clicked_unique: 1, clicked_bot: 0 })
    await recordEvents(pool, [aTrackingEvent(run, 1, 'clicked', { link: 2, ago: 1 })])

    const kept = await rollups(run)
    assert.include(kept.run, { clicked: 0, clicked_unique: 0, clicked_bot: 3 })
    assert.deepEqual(kept, await recounted(run))
    const reasons = await sql<{ reasons: string[]; classifier_version: number }>(
      'select distinct reasons, classifier_version from events where run_id = $1',
      [run]
    )
    assert.deepEqual(reasons, [{ reasons: ['burst'], classifier_version: 1 }])
  })

  test('upgrade an unverified opening when a person opens', async ({ assert }) => {
    const run = await aSentRun()
    await recordEvents(pool, [aTrackingEvent(run, 1, 'opened', { userAgent: 'Mozilla/5.0' })])
    assert.include((await rollups(run)).run, { opened_unique: 1, opened_unverified: 1 })
    await recordEvents(pool, [aTrackingEvent(run, 1, 'opened')])
    assert.include((await rollups(run)).run, { opened_unique: 1, opened_unverified: 0 })
    assert.deepEqual(await rollups(run), await recounted(run))
  })

  test('of receipts move what was accepted, once', async ({ assert }) => {
    const run = await aSentRun()
    const receipt = (seq: number, kind: 'delivered' | 'bounced', id: string): TrackingEvent =>
      newTrackingEvent({ key: id, of: { runId: run, seq }, kind, at: new Date() })
    await recordEvents(pool, [receipt(1, 'delivered', 'a'), receipt(1, 'delivered', 'a')])
    await recordEvents(pool, [receipt(1, 'bounced', 'b'), receipt(2, 'bounced', 'c')])
    await recordEvents(pool, [receipt(1, 'bounced', 'b2'), receipt(2, 'delivered', 'd')])
    assert.include((await rollups(run)).run, { delivered: 0, bounced: 2 })
    assert.deepEqual(await rollups(run), await recounted(run))
    const refusals = await sql('select reason, deliveries from run_refusals where run_id = $1', [
      run,
    ])
    assert.deepEqual(refusals, [{ reason: 'bounced', deliveries: 2 }])
  })

  test('keep how long a page was read: the longest time told, and no more than twenty beacons', async ({
    assert,
  }) => {
    const run = await aSentRun()
    const since = Math.floor(Date.now() / 1_000) - 100
    const beacon = (dwellMs: number) => aTrackingEvent(run, 1, 'dwelled', { since, dwellMs })
    await recordEvents(pool, [
      aTrackingEvent(run, 1, 'clicked', { ago: 100, ipPrefix: '52.58.10.0/24' }),
    ])
    assert.include((await rollups(run)).run, { clicked: 0, clicked_bot: 1 })
    await recordEvents(pool, [beacon(4_000), beacon(9_000)])
    await recordEvents(pool, [beacon(7_000)])
    assert.include((await rollups(run)).run, { visits: 1, dwell_ms: 9_000, clicked: 1 })

    for (let n = 1; n <= 30; n++) await recordEvents(pool, [beacon(10_000 + n)])
    const [kept] = await sql<{ n: number }>(
      `select count(*)::int n from events where run_id = $1 and kind = 'dwelled'`,
      [run]
    )
    assert.equal(kept.n, 20)
    assert.deepEqual(await rollups(run), await recounted(run))
  })

  test('stay exact, without a deadlock, when many processes write about the same people and the engine settles', async ({
    assert,
  }) => {
    const runs = [await aSentRun(), await aSentRun(), await aSentRun()]
    const random = (n: number) => Math.floor(Math.random() * n)
    const batch = () =>
      Array.from({ length: 60 }, () => {
        const kind = (['opened', 'opened', 'clicked', 'unsubscribed'] as const)[random(4)]
        const seq = 1 + random(20)
        return aTrackingEvent(runs[random(3)], seq, kind, {
          ago: random(40),
          link: kind === 'clicked' ? random(3) : null,
          ...(kind === 'unsubscribed' ? { key: `unsubscribed:${seq}` } : {}),
        })
      })
    /** As the engine: rows of deliveries, then the run */
    const settle = async () => {
      const client = await pool.connect()
      const run = runs[random(3)]
      try {
        await client.query('begin')
        await client.query(
          `select 1 from deliveries where run_id = $1 and seq between 1 and 10 order by seq for update`,
          [run]
        )
        await client.query(
          `update deliveries set detail = 'x' where run_id = $1 and seq between 1 and 10`,
          [run]
        )
        await client.query('update campaign_runs set cost_micro = cost_micro + 1 where id = $1', [
          run,
        ])
        await client.query('commit')
      } finally {
        client.release()
      }
    }
    await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        for (let times = 0; times < 12; times++)
          await (n < 4 ? recordEvents(pool, batch()) : settle())
      })
    )
    for (const run of runs) assert.deepEqual(await rollups(run), await recounted(run))
  }).timeout(30_000)

  test('are classified again with their counters, while new ones come in, and twice is once', async ({
    assert,
  }) => {
    const run = await aSentRun({ deliveries: 60 })
    const some = Array.from({ length: 300 }, (_, n) =>
      aTrackingEvent(run, 1 + (n % 60), n % 3 === 0 ? 'clicked' : 'opened', {
        ago: n,
        userAgent: n % 7 === 0 ? 'curl/8.5.0' : undefined,
      })
    )
    await recordEvents(pool, some)
    const before = await rollups(run)

    /** A later version, for which whoever opens in an odd second is a machine */
    const odd: Classifier = {
      ...classifier1,
      version: 2,
      classify: (trackingEvents) =>
        classifier1
          .classify(trackingEvents)
          .map((said, index) =>
            trackingEvents[index].at.getUTCSeconds() % 2 === 1
              ? { verdict: 'bot', reasons: ['user_agent'], device: 'bot' }
              : said
          ),
    }
    const classifying = reclassify({ pool, runId: run, classifier: odd })
    await Promise.all([
      classifying,
      ...Array.from({ length: 10 }, (_, n) =>
        recordEvents(pool, [aTrackingEvent(run, 1 + n, 'opened')])
      ),
    ])
    assert.isAbove((await classifying).changed, 50)
    assert.deepEqual(await rollups(run), await recounted(run))

    const back = await classifyRuns({ which: { runId: run }, version: 1 })
    assert.equal(back.events, 310)
    const after = await rollups(run)
    assert.equal(after.run.opened, before.run.opened + 10)
    assert.deepEqual(after.links, before.links)
    assert.deepEqual(await recounted(run), after)
    assert.equal((await classifyRuns({ which: { runId: run } })).changed, 0)
    assert.deepEqual(await rollups(run), after)
  })
})
