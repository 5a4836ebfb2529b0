import { sql } from '#core/database/sql'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import type { MeasureContext } from '#start/measures'
import type { Child } from '#start/child_processes'
import {
  aLargeList,
  aMailService,
  aPaidCampaign,
  aRichClient,
  aWorker,
  endWorkers,
  launch,
  untilOver,
} from '#tests/measure_kit'
import { startSink } from '#tests/smtp/start_sink'
import { lostAmong } from './kill.js'

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
  const recipients = Number(options.recipients)
  const sink = await startSink()
  const workers: Child[] = []
  const nudge = setInterval(() => void hurry(), 1_000)
  try {
    const { service } = await aMailService({ port: sink.port })
    const client = await aRichClient()
    const kinds = Object.keys(RIGHT).filter((kind) => kind !== 'hang-dot' || options.hang)
    const each = Math.max(1, Math.floor(recipients / kinds.length))
    const listIds: string[] = []
    for (const kind of kinds)
      /** A server that never answers costs a connection for its whole patience: a few of those tell as much as many */
      listIds.push(
        await aLargeList(client, {
          people: kind === 'hang-dot' || kind === 'garbage' ? Math.min(3, each) : each,
          local: kind,
          domains: 3,
        })
      )
    const campaign = await aPaidCampaign({ client, service, listIds })
    for (let n = 0; n < Number(options.workers); n++)
      workers.push(await aWorker(context.root, `worker ${n + 1}`))
    const { runId } = await launch(client, campaign)
    const figures = await untilOver(runId, { patienceSeconds: 240 })
    const told = await sink.figures()
    const accounted = await lostAmong(runId, new Set(await sink.recipients()))
    const states = await sql<{ kind: string; state: string; n: number }>(
      `select split_part(address, '.', 1) kind, state, count(*)::int n from deliveries where run_id = $1 group by 1, 2 order by 1, 2`,
      [runId]
    )
    const wrong = states.filter((row) => !RIGHT[row.kind].includes(row.state))
    const broken = await brokenInvariants()
    const failed = [
      ...wrong.map((row) => `${row.n} of ${row.kind} are ${row.state}`),
      ...(told.repeated > 0 ? [`${told.repeated} messages came twice`] : []),
      ...(accounted.lost > 0 ? [`${accounted.lost} accepted messages never came`] : []),
      ...(accounted.unnamed > 0 ? [`${accounted.unnamed} messages came that are not named`] : []),
      ...(figures.state === 'finished' ? [] : [`the run is ${figures.state}`]),
      ...broken.map((one) => `ledger ${one.invariant} of ${one.subject} is off by ${one.off}`),
    ]
    return {
      recipients: figures.audience,
      received: told.messages,
      duplicates: told.repeated,
      lost: accounted.lost,
      uncertain: figures.uncertain,
      states: Object.fromEntries(states.map((row) => [`${row.kind} ${row.state}`, row.n])),
      finished: figures.state === 'finished',
      failed,
    }
  } finally {
    clearInterval(nudge)
    await endWorkers(workers)
    await sink.stop()
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
    `select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs where task_identifier = 'delivery.pump' and run_at > now() and locked_at is null), run_at := now())`
  )
}
