import { sql } from '#core/database/sql'

/** People and machines apart: contacts, the tracking events that they made, and the tracking events that were no person's */
export type ReactionLine = {
  readonly kind: 'opened' | 'clicked'
  readonly people: number
  /** Of the people, those that only a privacy proxy opened for */
  readonly unverified: number
  readonly times: number
  readonly botEvents: number
}

export type ReportPeople = {
  readonly lines: readonly ReactionLine[]
  /** Landing pages that told how long they were in view; none when the campaign did not ask */
  readonly visits: number
  /** Mean time in view, in seconds */
  readonly dwellSeconds: number | null
}

/** What people did and what machines did. Rows in: one, the run's counters */
export async function reportPeople(runId: number): Promise<ReportPeople> {
  const [row] = await sql<
    Record<
      | 'opened'
      | 'opened_bot'
      | 'opened_unique'
      | 'opened_unverified'
      | 'clicked'
      | 'clicked_bot'
      | 'clicked_unique'
      | 'visits',
      number
    > & { dwell_ms: bigint }
  >(
    `select opened, opened_bot, opened_unique, opened_unverified, clicked, clicked_bot,
      clicked_unique, visits, dwell_ms
       from campaign_runs where id = $1`,
    [runId]
  )
  return {
    lines: [
      {
        kind: 'opened',
        people: row.opened_unique,
        unverified: row.opened_unverified,
        times: row.opened,
        botEvents: row.opened_bot,
      },
      {
        kind: 'clicked',
        people: row.clicked_unique,
        unverified: 0,
        times: row.clicked,
        botEvents: row.clicked_bot,
      },
    ],
    visits: row.visits,
    dwellSeconds: row.visits === 0 ? null : Math.round(Number(row.dwell_ms) / row.visits / 1_000),
  }
}
