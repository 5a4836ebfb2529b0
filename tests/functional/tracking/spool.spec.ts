import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type pg from 'pg'
import { createPool } from '#core/database/pool'
import { sqliteConnection } from '#core/database/server/sqlite_connection'
import { EventBuffer } from '#core/tracking/intake/event_buffer'
import type { TrackingEvent } from '#core/tracking/tracking_event'
import { recordEvents } from '#core/tracking/recording/record_events'
import type { Spool } from '#core/database/spool/spool'
import { SpoolFile } from '#core/database/spool/spool_file'
import { trackingSpool } from '#core/tracking/intake/tracking_spool'
import { aTrackingEvent, aSentRun, recounted, rollups } from './tracking_kit.js'

const path = () => join(tmpdir(), `griot-spool-${randomUUID()}.sqlite`)

/** A spool over a file; two over one file are two processes */
function aSpool(file: string): Spool<TrackingEvent> {
  const name = `spool ${randomUUID()}`
  db.manager.add(name, sqliteConnection(file))
  return trackingSpool(new SpoolFile(name))
}

const refused = () =>
  Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))

test.group('The spool', () => {
  test('keeps facts on disk, in order, and gives each away once', async ({ assert }) => {
    const file = path()
    const spool = aSpool(file)
    const trackingEvents = Array.from({ length: 5 }, (_, n) =>
      aTrackingEvent(7, n + 1, 'opened', { ago: n })
    )
    await spool.append(trackingEvents.slice(0, 3))
    await spool.append(trackingEvents.slice(3))
    assert.equal(await aSpool(file).size(), 5)

    const written: TrackingEvent[] = []
    await assert.rejects(() => spool.replay(refused), 'connect ECONNREFUSED')
    assert.equal(await spool.size(), 5)
    assert.equal(await spool.replay(async (batch) => written.push(...batch)), 5)
    assert.deepEqual(written, trackingEvents)
    assert.equal(await spool.size(), 0)
  })

  test('is replayed by one process at a time; one that died is followed after its lease', async ({
    assert,
  }) => {
    const file = path()
    const [first, second] = [aSpool(file), aSpool(file)]
    await first.append([aTrackingEvent(7, 1, 'opened')])
    let inside: number | null = -1
    await first.replay(async () => {
      inside = await second.replay(async () => [])
      return []
    })
    assert.isNull(inside)
    assert.equal(await second.replay(async () => []), 0)
  })
})

test.group('The buffer', (group) => {
  let pool: pg.Pool
  group.setup(() => {
    pool = createPool({ max: 4, name: 'tests' })
    return () => pool.end()
  })

  test('loses nothing and counts nothing twice while Postgres is away, half written or back', async ({
    assert,
  }) => {
    const run = await aSentRun()
    const spool = aSpool(path())
    let postgres: 'there' | 'away' | 'silent' = 'there'
    const buffer = new EventBuffer({
      spool,
      write: async (trackingEvents) => {
        if (postgres === 'away') return refused()
        await recordEvents(pool, trackingEvents)
        /** Committed, and the answer is lost */
        if (postgres === 'silent') throw new Error('Query read timeout')
      },
    })
    const hear = (n: number) => {
      for (let seq = 1; seq <= n; seq++) buffer.add(aTrackingEvent(run, seq, 'opened'))
    }
    hear(5)
    await buffer.flush()
    postgres = 'away'
    hear(7)
    await buffer.flush()
    hear(3)
    await buffer.flush()
    assert.equal(await spool.size(), 10)
    assert.isTrue(buffer.state().spooling)

    await new Promise((resolve) => setTimeout(resolve, 1_050))
    postgres = 'silent'
    hear(4)
    await buffer.flush()
    assert.equal(await spool.size(), 14)

    await new Promise((resolve) => setTimeout(resolve, 1_050))
    postgres = 'there'
    await buffer.replay()
    assert.equal(await spool.size(), 0)
    assert.equal((await rollups(run)).run.opened, 19)
    assert.deepEqual(await rollups(run), await recounted(run))
  })

  test('spills to the disk when more is heard than written, so memory is bounded', async ({
    assert,
  }) => {
    const spool = aSpool(path())
    let done: () => void = () => undefined
    const slow = new Promise<void>((resolve) => (done = resolve))
    const buffer = new EventBuffer({
      spool,
      mostWaiting: 100,
      write: () => slow,
    })
    for (let n = 0; n < 50; n++) buffer.add(aTrackingEvent(7, n + 1, 'opened'))
    const writing = buffer.flush()
    for (let n = 0; n < 950; n++) {
      buffer.add(aTrackingEvent(7, n + 1, 'opened'))
      if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    assert.isBelow(buffer.state().waiting, 200)
    done()
    await writing
    await buffer.flush()
    assert.isAbove(await spool.size(), 700)
    assert.equal(buffer.state().lost, 0)
  })

  test('keeps Postgres out of a storm, and writes it all when it is calm', async ({ assert }) => {
    const spool = aSpool(path())
    let written = 0
    const buffer = new EventBuffer({
      spool,
      stormRate: 1_000,
      write: async (trackingEvents) => void (written += trackingEvents.length),
    })
    for (let n = 0; n < 3_000; n++) buffer.add(aTrackingEvent(7, n + 1, 'opened'))
    assert.isTrue(buffer.state().spooling)
    await buffer.flush()
    await buffer.replay()
    assert.equal(written, 0)
    assert.equal(await spool.size(), 3_000)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await buffer.replay()
    assert.equal(written, 3_000)
  })

  test('sets the one tracking event aside that Postgres will never take', async ({ assert }) => {
    const spool = aSpool(path())
    const written: TrackingEvent[] = []
    const bad = aTrackingEvent(7, 3, 'opened')
    const buffer = new EventBuffer({
      spool,
      write: async (trackingEvents) => {
        if (trackingEvents.includes(bad))
          throw Object.assign(new Error('invalid byte sequence'), { code: '22021' })
        written.push(...trackingEvents)
      },
    })
    for (let seq = 1; seq <= 9; seq++)
      buffer.add(seq === 3 ? bad : aTrackingEvent(7, seq, 'opened'))
    await buffer.flush()
    assert.lengthOf(written, 8)
    assert.equal(await spool.refusedCount(), 1)
    assert.equal(await spool.size(), 0)
  })
})
