import { sql } from '#core/database/sql'

/** A run as a row, with what a test wants to be otherwise; for tests and measurements alone */
type RunValues = {
  readonly state?: 'expanding' | 'running' | 'finished' | 'cancelled' | 'failed'
  readonly audience?: number
  readonly pending?: number
  readonly accepted?: number
  readonly rejected?: number
  readonly uncertain?: number
  readonly excluded?: number
  /** Days since it ended; it has not ended when absent */
  readonly endedDaysAgo?: number
  /** Gives the run a partition of its own */
  readonly large?: boolean
}

/**
 * Writes a run of a campaign that exists, with a quote of nothing: what the engine would have done is not done.
 *
 * @returns the number of the run
 */
export async function runFactory(campaignId: string, o: RunValues = {}): Promise<number> {
  const [run] = await sql<{ id: number }>(
    `with priced as (
       insert into quotes (account_id, campaign_id, currency, minimum, expected, maximum, lines, unit_prices, audience, reachable,
                           excluded, brief_hash, audience_hash, expires_at)
       select account_id, id, 'XOF', 0, 0, 0, '[]', '{}', $2, $2, '{}', '', '', now() from campaigns where id = $1::uuid
       returning id)
     insert into campaign_runs (id, campaign_id, account_id, n, quote_id, campaign_name, channel, plugin_id, kind, measure_dwell, rules,
                                snapshot, state, audience, pending, accepted, rejected, uncertain, excluded, finished_at,
                                last_outcome_at)
     select case when $9 then nextval('large_run_ids') else nextval(pg_get_serial_sequence('campaign_runs', 'id')) end,
            c.id, c.account_id, (select coalesce(max(n), 0) + 1 from campaign_runs where campaign_id = c.id), priced.id,
            c.name, c.channel, c.plugin_id, c.kind, c.measure_dwell,
            jsonb_build_object('quiet', null, 'cap', null, 'canaryPercent', c.canary_percent, 'newcomersOnly', c.newcomers_only),
            jsonb_build_object('brief', c.brief, 'content', null, 'listIds', to_jsonb(c.list_ids)),
            $3, $2, $4, $5, $6, $10, $7, now() - $8::int * interval '1 day', now()
       from campaigns c, priced where c.id = $1::uuid returning id`,
    [
      campaignId,
      o.audience ?? 0,
      o.state ?? 'expanding',
      o.pending ?? 0,
      o.accepted ?? 0,
      o.rejected ?? 0,
      o.excluded ?? 0,
      o.endedDaysAgo ?? null,
      o.large ?? false,
      o.uncertain ?? 0,
    ]
  )
  return run.id
}
