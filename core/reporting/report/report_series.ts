import { DateTime } from 'luxon'
import { sql } from '#core/database/sql'

export type SeriesStep = 'minute' | 'hour' | 'day'

export type SeriesPoint = {
  readonly at: Date
  readonly accepted: number
  readonly rejected: number
  readonly uncertain: number
  readonly opened: number
  readonly clicked: number
  readonly unsubscribed: number
}

export type ReportSeries = { readonly step: SeriesStep; readonly points: readonly SeriesPoint[] }

/** Which rows of the rollup a chart is about: what was sent, or what people did with it */
const ABOUT = {
  sending: 'accepted + rejected + uncertain > 0',
  reactions: 'clicked + unsubscribed > 0',
} as const

/** Points that a chart of a page can carry */
const MOST_POINTS = 120
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * The rollup of a run for a chart: minutes while it is short, else hours, else days. Steps in which nothing happened are zero.
 *
 * Rows in: a minute each of the run's activity. Index: primary key. 10,000 minutes: 41 ms on two busy cores.
 */
export async function reportSeries(o: {
  runId: number
  zone: string
  about: keyof typeof ABOUT
}): Promise<ReportSeries> {
  const [span] = await sql<{ first: Date | null; last: Date | null }>(
    `select min(minute) first, max(minute) "last" from run_series where run_id = $1
      and ${ABOUT[o.about]}`,
    [o.runId]
  )
  if (!span?.first || !span.last) return { step: 'minute', points: [] }

  const step = stepFor(span.last.getTime() - span.first.getTime())
  const rows = await sql<SeriesPoint>(
    `select date_trunc($2, minute, $3) at, sum(accepted)::int accepted,
      sum(rejected)::int rejected, sum(uncertain)::int uncertain,
            sum(opened)::int opened, sum(clicked)::int clicked, sum(unsubscribed)::int unsubscribed
       from run_series where run_id = $1 and minute between $4::timestamptz and $5::timestamptz
         group by 1 order by 1`,
    [o.runId, step, o.zone, span.first.toISOString(), span.last.toISOString()]
  )
  return { step, points: withoutGaps(rows, step, o.zone) }
}

function stepFor(milliseconds: number): SeriesStep {
  if (milliseconds < MOST_POINTS * MINUTE) return 'minute'
  return milliseconds < MOST_POINTS * HOUR ? 'hour' : 'day'
}

function withoutGaps(rows: readonly SeriesPoint[], step: SeriesStep, zone: string): SeriesPoint[] {
  const byTime = new Map(rows.map((row) => [row.at.getTime(), row]))
  const last = rows.at(-1)
  const points: SeriesPoint[] = []
  if (!last) return points

  let at = DateTime.fromJSDate(rows[0].at, { zone })
  while (at.toMillis() <= last.at.getTime()) {
    points.push(
      byTime.get(at.toMillis()) ?? {
        at: at.toJSDate(),
        accepted: 0,
        rejected: 0,
        uncertain: 0,
        opened: 0,
        clicked: 0,
        unsubscribed: 0,
      }
    )
    at = at.plus({ [step]: 1 })
  }
  return points
}
