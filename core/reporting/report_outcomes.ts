import { sql } from '#core/database/sql'
import { honestShare } from './honest_share.js'

export type DestinationLine = {
  /** Domain of the address, or its first digits; '' stands for all others together */
  readonly destination: string
  readonly total: number
  readonly accepted: number
  readonly failed: number
  readonly uncertain: number
  readonly clicked: number
  /** Accepted of total */
  readonly share: number | null
}

export type RefusalLine = { readonly reason: string; readonly count: number }

/** Destinations named; the rest is one line */
const NAMED = 8

type Row = {
  destination: string
  reason: string | null
  total: number
  accepted: number
  failed: number
  uncertain: number
  clicked: number
}

/**
 * Where the messages of a run went, and why some were refused: one pass over its deliveries gives both.
 *
 * Rows in: all of the run. Index: primary key, by run. Measured on two busy cores: 19,001 rows 28 ms, 1,000,000 rows 0.8 s.
 */
export async function reportOutcomes(
  runId: number
): Promise<{ destinations: DestinationLine[]; refusals: RefusalLine[] }> {
  const rows = await sql<Row>(
    `select destination, case when state in ('rejected', 'bounced') then coalesce(reason, state) end reason, count(*)::int total,
            count(*) filter (where state in ('accepted', 'delivered'))::int accepted,
            count(*) filter (where state in ('rejected', 'bounced'))::int failed,
            count(*) filter (where state = 'uncertain')::int uncertain,
            count(first_clicked_at)::int clicked
       from deliveries where run_id = $1 and state <> 'excluded' group by 1, 2`,
    [runId]
  )
  return { destinations: byDestination(rows), refusals: byReason(rows) }
}

function byDestination(rows: readonly Row[]): DestinationLine[] {
  const sums = new Map<string, DestinationLine>()
  for (const row of rows)
    sums.set(row.destination, plus(sums.get(row.destination), row, row.destination))
  const lines = [...sums.values()].sort(
    (a, b) => b.total - a.total || a.destination.localeCompare(b.destination)
  )
  const rest = lines
    .slice(NAMED)
    .reduce<DestinationLine | undefined>((sum, line) => plus(sum, line, ''), undefined)
  return rest ? [...lines.slice(0, NAMED), rest] : lines
}

function plus(
  sum: DestinationLine | undefined,
  line: Omit<DestinationLine, 'destination' | 'share'>,
  destination: string
): DestinationLine {
  const total = (sum?.total ?? 0) + line.total
  const accepted = (sum?.accepted ?? 0) + line.accepted
  return {
    destination,
    total,
    accepted,
    share: honestShare(accepted, total),
    failed: (sum?.failed ?? 0) + line.failed,
    uncertain: (sum?.uncertain ?? 0) + line.uncertain,
    clicked: (sum?.clicked ?? 0) + line.clicked,
  }
}

function byReason(rows: readonly Row[]): RefusalLine[] {
  const sums = new Map<string, number>()
  for (const row of rows)
    if (row.reason !== null) sums.set(row.reason, (sums.get(row.reason) ?? 0) + row.failed)
  return [...sums].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
}
