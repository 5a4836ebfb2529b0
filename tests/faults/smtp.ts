import { sql } from '#core/database/sql'
import type { MeasureContext } from '#start/measure'
import { untilOver } from '#tests/measure_kit'
import { account, whileSending } from './sending_kit.js'

/** What must come of each trouble: states that are right for it in the end */
const RIGHT: Readonly<Record<string, readonly string[]>> = {
  'plain': ['accepted'],
  'slow': ['accepted'],
  'rcpt-450': ['accepted'],
  'rcpt-421': ['accepted'],
  'data-451': ['accepted'],
  'dot-451': ['accepted'],
  'rcpt-550': ['rejected'],
  'dot-552': ['rejected'],
  'drop-data': ['uncertain'],
  'drop-dot': ['uncertain'],
  'hang-dot': ['uncertain'],
  'garbage': ['accepted'],
}

/**
 * A mail server that misbehaves in every way at once, by recipient. What can be tried again is, what was refused is refused,
 * and what may have arrived is never sent again.
 */
export async function misbehavingServer(context: MeasureContext) {
  const { options } = context
  const kinds = Object.keys(RIGHT).filter((kind) => kind !== 'hang-dot' || options.hang)
  const each = Math.max(1, Math.floor(Number(options.recipients) / kinds.length))
  /** A server that never answers costs a connection for its whole patience: a few of those tell as much as many */
  const few = (kind: string) => kind === 'hang-dot' || kind === 'garbage'
  const lists = new Map(kinds.map((kind) => [kind, few(kind) ? Math.min(3, each) : each]))
  const nudge = setInterval(() => void hurry(), 1_000)
  try {
    return await whileSending(
      context,
      async (sending) => {
        const figures = await untilOver(sending.runId, { patienceSeconds: 240 })
        const { sums, failed } = await account(sending, figures)
        const states = await sql<{ kind: string; state: string; n: number }>(
          `select split_part(address, '.', 1) kind, state, count(*)::int n from deliveries where run_id = $1 group by 1, 2 order by 1, 2`,
          [sending.runId]
        )
        return {
          ...sums,
          states: Object.fromEntries(states.map((row) => [`${row.kind} ${row.state}`, row.n])),
          failed: [
            ...failed,
            ...states
              .filter((row) => !RIGHT[row.kind].includes(row.state))
              .map((row) => `${row.n} of ${row.kind} are ${row.state}`),
          ],
        }
      },
      { lists, domains: 3 }
    )
  } finally {
    clearInterval(nudge)
  }
}

/** Nobody waits five minutes here: what waits for its time is due at once, and blocks end */
async function hurry() {
  await sql(`update rate_buckets set blocked_until = now() where blocked_until > now()`)
  await sql(
    `update deliveries d set not_before = now() from campaign_runs r where r.id = d.run_id and r.state = 'running' and d.state = 'deferred' and d.not_before > now()`
  )
  await sql(
    `update delivery_chunks c set not_before = now() from campaign_runs r where r.id = c.run_id and r.state = 'running' and c.state = 'open' and c.not_before > now()`
  )
  await sql(
    `select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs where task_identifier = 'delivery.dispatch' and run_at > now() and locked_at is null), run_at := now())`
  )
}
