import { sql } from '#core/database/sql'
import { countOf, leftOut, type ReasonCount } from './left_out.js'

export type LiveFigures = {
  readonly runId: number | null
  readonly audience: number
  readonly pending: number
  readonly accepted: number
  readonly rejected: number
  readonly uncertain: number
  /** Of all runs of the campaign: what waits for a person */
  readonly uncertainInAll: number
  /** Contacts of the audience who could not be written to: their will, a rule, no address */
  readonly excluded: number
  /** The same by reason, most contacts first */
  readonly exclusions: readonly ReasonCount[]
  /** Contacts who could be written to and were not: the run was cancelled, or its deadline passed */
  readonly unsent: number
  readonly delivered: number
  readonly bounced: number
  readonly opened: number
  readonly clicked: number
  readonly unsubscribed: number
  readonly complained: number
  readonly replied: number
  readonly launchedAt: Date | null
  readonly firstAcceptedAt: Date | null
  readonly lastOutcomeAt: Date | null
  readonly finishedAt: Date | null
  readonly error: string | null
  /** Minor units of the campaign's hold */
  readonly held: bigint
  readonly captured: bigint
  readonly released: bigint
  /** When the rest of the hold comes back at the latest, while it waits for what became of messages; null when it waits for nothing */
  readonly settledBy: Date | null
  /** When these figures were read */
  readonly at: Date
}

type Row = Omit<LiveFigures, 'excluded' | 'exclusions' | 'unsent'> & {
  readonly reasons: Readonly<Record<string, number>>
  readonly leftOut: number
}

/** Where a campaign stands: counters kept as outcomes come, so this reads two rows whatever the size */
export async function liveFigures(o: {
  accountId: string
  campaignId: string
}): Promise<LiveFigures> {
  const [row] = await sql<Row>(
    `select r.id "runId", coalesce(r.audience, 0) audience, coalesce(r.pending, 0) pending,
      coalesce(r.accepted, 0) accepted, coalesce(r.rejected, 0) rejected,
            coalesce(r.uncertain, 0) uncertain,
            (select coalesce(sum(u.uncertain), 0)::int from campaign_runs u
              where u.campaign_id = c.id and u.uncertain > 0) "uncertainInAll",
            coalesce(r.excluded, 0) "leftOut", coalesce(r.exclusions, '{}') reasons,
              coalesce(r.delivered, 0) delivered,
            coalesce(r.bounced, 0) bounced, coalesce(r.opened_unique, 0) opened,
              coalesce(r.clicked_unique, 0) clicked,
            coalesce(r.unsubscribed, 0) unsubscribed, coalesce(r.complained, 0) complained,
              coalesce(r.replied, 0) replied,
            r.launched_at "launchedAt", r.first_accepted_at "firstAcceptedAt",
              r.last_outcome_at "lastOutcomeAt", r.finished_at "finishedAt", r.error,
            coalesce(h.held, 0)::bigint held, coalesce(h.captured, 0)::bigint captured,
              coalesce(h.released, 0)::bigint released, now() at,
            case when h.open then r.finished_at + make_interval(hours =>
              (r.rules -> 'settlement' ->> 'withinHours')::int) end "settledBy"
       from campaigns c
       left join lateral (select * from campaign_runs r where r.campaign_id = c.id order by n desc
         limit 1) r on true
       left join lateral (select sum(held)::bigint held, sum(captured)::bigint captured,
         sum(released)::bigint released, bool_or(h.state = 'open') "open"
           from campaign_holds h where h.campaign_id = c.id) h on true
      where c.id = $1::uuid and c.account_id = $2::uuid`,
    [o.campaignId, o.accountId]
  )
  const { reasons, leftOut: all, ...figures } = row
  const { excluded, unsent } = leftOut(reasons)
  return {
    ...figures,
    excluded: all - countOf(unsent),
    exclusions: excluded,
    unsent: countOf(unsent),
  }
}
