import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '#core/database/pool'
import { sql } from '#core/database/sql'
import { EventBuffer } from '#core/tracking/intake/event_buffer'
import { newTrackingEvent, type TrackingEvent } from '#core/tracking/tracking_event'
import { recordEvents } from '#core/tracking/recording/record_events'
import { trackingSpool } from '#core/tracking/intake/tracking_spool'
import type { MeasureContext } from '#start/measure'
import { aRichClient } from '#tests/measure_kit'
import { AGENTS, aFilledRun, aQuietMailService } from '#tests/sent_run_kit'

const BATCH = 5_000
/** Hits in memory at most while we feed: below what would go to the spool */
const WAITING = 9_000
/** Hits after which others have their turn, as between two reads of a socket */
const A_TURN = 100

/** Four openings of five tracking events, from a third of the people; a click in five, as people do */
export async function benchIntake({ options, say }: MeasureContext) {
  const events = Number(options.events)
  const deliveries = Math.max(1_000, Math.round(events * 0.7))
  const serviceId = await aQuietMailService()
  const client = await aRichClient()
  const { runId } = await aFilledRun({ client, serviceId, deliveries, large: true })
  const start = Date.now() - 6 * 3_600_000
  /** Made as they come: a process that hears holds no hundred thousand of them */
  const trackingEvent = (n: number): TrackingEvent => {
    const seq = 1 + ((n * 7_919) % deliveries)
    return newTrackingEvent({
      of: { runId, seq },
      kind: n % 5 === 0 ? 'clicked' : 'opened',
      link: n % 5 === 0 ? seq % 8 : null,
      userAgent: AGENTS[seq % AGENTS.length],
      ipPrefix: `196.47.${seq % 256}.0/24`,
      at: new Date(start + Math.round((n / events) * 5 * 3_600_000)),
    })
  }

  say('bare…')
  const bare = await bareInsert({ runId, events, trackingEvent })
  const pool = createPool({ max: 2, name: 'bench' })
  const spool = trackingSpool()
  const write = (batch: readonly TrackingEvent[]) => recordEvents(pool, batch)
  try {
    say('ours…')
    /** In a storm the buffer of a web process writes nothing to Postgres; here that is what is measured */
    const writing = new EventBuffer({ write, spool, stormRate: Infinity })
    let from = performance.now()
    for (let n = 0; n < events; n++) {
      writing.add(trackingEvent(n))
      if (writing.state().waiting >= WAITING) await Promise.race([writing.flush(), sleep(5)])
    }
    await allWritten(writing, spool)
    const perSecond = (events * 1_000) / (performance.now() - from)

    say('as it is served: a storm that goes to the spool, and comes to Postgres when it is calm…')
    const served = new EventBuffer({ write, spool })
    from = performance.now()
    for (let n = 0; n < events; n++) {
      served.add(trackingEvent(n))
      if (n % A_TURN === 0) await nextTurn()
    }
    await served.flush()
    const heardMs = performance.now() - from
    await allWritten(served, spool)
    const storedMs = performance.now() - from

    const [{ kept }] = await sql<{ kept: number }>(
      'select count(*)::int kept from events where run_id = $1',
      [runId]
    )
    return {
      events_per_second: Math.round(perSecond),
      bare: Math.round(bare),
      ratio: Number((perSecond / bare).toFixed(2)),
      lost: 2 * events - kept,
      storm: {
        heard_per_second: Math.round((events * 1_000) / heardMs),
        written_after_s: Number((storedMs / 1_000).toFixed(1)),
      },
    }
  } finally {
    await pool.end()
  }
}

/** Until nothing waits in memory and nothing in the spool; a storm must be over before the spool is read */
async function allWritten(
  buffer: EventBuffer,
  spool: ReturnType<typeof trackingSpool>
): Promise<void> {
  await buffer.flush()
  while ((await spool.size()) > 0) {
    await buffer.replay()
    await sleep(50)
  }
}

/** The same rows into a table with the same indexes, by unnest and nothing else */
async function bareInsert(o: {
  runId: number
  events: number
  trackingEvent: (n: number) => TrackingEvent
}): Promise<number> {
  const pool = createPool({ max: 1, name: 'bench' })
  try {
    await pool.query('create table bare_events (like events including defaults including indexes)')
    const from = performance.now()
    for (let at = 0; at < o.events; at += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, o.events - at) }, (_, n) =>
        o.trackingEvent(at + n)
      )
      await pool.query({
        name: 'bare',
        text: `insert into bare_events (run_id, seq, kind, link, dedup, user_agent, ip_prefix, at)
               select * from unnest($1::int[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])`,
        values: [
          batch.map(() => o.runId),
          batch.map((trackingEvent) => ('seq' in trackingEvent.of ? trackingEvent.of.seq : 0)),
          batch.map((trackingEvent) => trackingEvent.kind),
          batch.map((trackingEvent) => trackingEvent.link),
          batch.map((trackingEvent) => trackingEvent.key),
          batch.map((trackingEvent) => trackingEvent.userAgent),
          batch.map((trackingEvent) => trackingEvent.ipPrefix),
          batch.map((trackingEvent) => trackingEvent.at),
        ],
      })
    }
    return o.events / ((performance.now() - from) / 1_000)
  } finally {
    await pool.query('drop table if exists bare_events')
    await pool.end()
  }
}
