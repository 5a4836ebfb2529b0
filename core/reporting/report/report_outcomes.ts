import { sql } from '#core/database/sql'
import { honestShare } from './honest_share.js'

export type DestinationLine = {
  /** Domain of the address, or its first digits; '' stands for all others together */
  readonly destination: string
  readonly total: number
  readonly accepted: number
  readonly rejected: number
  readonly uncertain: number
  readonly opened: number
  readonly clicked: number
  /** Accepted of total */
  readonly share: number | null
}

export type RefusalLine = { readonly reason: string; readonly count: number }

/** Destinations named; the rest is one line */
const NAMED = 8

/**
 * Where the messages of a run went and what people there did.
 *
 * Rows in: a line for each destination of the run, kept as outcomes and events come. Index: primary key. 2,000 domains: 2 ms.
 */
export async function reportDestinations(runId: number): Promise<DestinationLine[]> {
  const rows = await sql<Omit<DestinationLine, 'share'>>(
    `with placed as (
       select *, least(row_number() over (order by audience desc, destination), ${NAMED + 1}) place
         from run_destinations where run_id = $1 and audience > 0
     )
     select case when place <= ${NAMED} then min(destination) else '' end destination,
       sum(audience)::int total, sum(accepted)::int accepted,
            sum(rejected)::int rejected, sum(uncertain)::int uncertain, sum(opened)::int opened,
              sum(clicked)::int clicked
       from placed group by place order by place`,
    [runId]
  )
  return rows.map((row) => ({ ...row, share: honestShare(row.accepted, row.total) }))
}

/** Why messages of a run were refused or came back, most frequent first. Rows in: a line a reason */
export async function reportRefusals(runId: number): Promise<RefusalLine[]> {
  return sql<RefusalLine>(
    `select reason, deliveries "count" from run_refusals where run_id = $1 and deliveries > 0
      order by deliveries desc, reason`,
    [runId]
  )
}
