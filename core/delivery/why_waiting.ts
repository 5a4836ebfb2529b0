import { sql } from '#core/database/sql'
import pluginKernel from '#core/plugins/main'

/**
 * Why a live run hands nothing over at this moment. `sending` is none: it does. Words for each stand under
 * `campaigns.waiting.*`.
 */
export type WaitingReason =
  | 'sending'
  | 'expanding'
  | 'paused'
  | 'account_suspended'
  | 'plugin_unavailable'
  | 'sender_blocked'
  | 'destinations_blocked'
  | 'pace'
  | 'quiet_hours'
  | 'canary'
  | 'deferred'
  | 'no_worker'
  | 'in_flight'
  | 'queued'

export type Waiting = {
  readonly runId: number
  readonly reason: WaitingReason
  /** When it goes on by itself, where that is known */
  readonly until: Date | null
  /** What the far side said, or how many workers, for the sentence */
  readonly detail: string
}

/** Seconds after its last outcome in which a run counts as sending */
const FRESH_SECONDS = 10

/**
 * Looks at a live run as the engine does, in the order in which one thing hides another.
 *
 * Rows in: the run, its open chunks, its buckets. Index: delivery_chunks_open. 2,000 chunks: 2 ms.
 *
 * @returns null when the run is over or does not exist
 */
export async function whyWaiting(runId: number): Promise<Waiting | null> {
  const [run] = await sql<{
    state: string
    campaign_state: string
    account_status: string
    channel: string
    canary_state: string | null
    canary_until: Date | null
    pace: number | null
    fresh: boolean
    workers: number
    sender_until: Date | null
    sender_why: string | null
    due: number
    leased: number
    quiet: number
    blocked: number
    blocked_until: Date | null
    blocked_why: string | null
    held: number
    later: Date | null
  }>(
    `select r.state, g.state campaign_state, a.status account_status, g.channel, r.canary_state, r.canary_until, g.pace_per_hour pace,
            coalesce(r.last_outcome_at > now() - $2::int * interval '1 second', false) fresh,
            (select count(*)::int from workers) workers, own.blocked_until sender_until, own.why sender_why, k.*
       from campaign_runs r join campaigns g on g.id = r.campaign_id join accounts a on a.id = r.account_id
       left join rate_buckets own on own.key = g.plugin_id and own.blocked_until > now()
       cross join lateral (
         select count(*) filter (where c.state = 'open' and c.not_before <= now())::int due, count(*) filter (where c.state = 'leased')::int leased,
                count(*) filter (where c.state = 'open' and (is_quiet(a.quiet_from, a.quiet_until, coalesce(nullif(c.zone, ''), a.timezone), now())
                                                          or is_quiet(g.quiet_from, g.quiet_until, coalesce(nullif(c.zone, ''), a.timezone), now())))::int quiet,
                count(b.key)::int blocked, max(b.blocked_until) blocked_until, max(b.why) blocked_why,
                count(*) filter (where c.state = 'held')::int held, min(c.not_before) filter (where c.state = 'open' and c.not_before > now()) later
           from delivery_chunks c
           left join rate_buckets b on c.destination <> '' and b.key = g.plugin_id || ' ' || c.destination and b.blocked_until > now()
          where c.run_id = r.id and c.state <> 'done') k
      where r.id = $1 and r.state in ('expanding', 'running')`,
    [runId, FRESH_SECONDS]
  )
  if (!run) return null
  const say = (reason: WaitingReason, until: Date | null = null, detail = ''): Waiting => ({
    runId,
    reason,
    until,
    detail,
  })

  if (run.campaign_state !== 'running') return say('paused')
  if (run.account_status !== 'active') return say('account_suspended')
  if (!isAvailable(run.channel)) return say('plugin_unavailable')
  if (run.sender_until) return say('sender_blocked', run.sender_until, run.sender_why ?? '')
  if (run.workers === 0) return say('no_worker')
  if (run.fresh) return say('sending')
  if (run.leased > 0) return say('in_flight')
  if (run.due > 0 && run.quiet >= run.due) return say('quiet_hours')
  if (run.due > 0 && run.blocked >= run.due)
    return say('destinations_blocked', run.blocked_until, run.blocked_why ?? '')
  if (run.due > 0) return say('queued')
  if (run.state === 'expanding') return say('expanding')
  if (run.later && run.pace !== null) return say('pace', run.later)
  if (run.later) return say('deferred', run.later)
  if (run.held > 0) return say('canary', run.canary_until, run.canary_state ?? '')
  return say('queued')
}

function isAvailable(channelId: string): boolean {
  return pluginKernel.channels().some((channel) => channel.channelId === channelId)
}
