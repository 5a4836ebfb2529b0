import { sql } from '#core/database/sql'

export type HourCell = { readonly value: number; readonly level: 0 | 1 | 2 | 3 | 4 }

export type ReportHours = {
  /** Seven lines, Monday first, of twenty-four cells */
  readonly days: readonly (readonly HourCell[])[]
  readonly total: number
  /** The cell with most, or null when nobody clicked */
  readonly best: { readonly weekday: number; readonly hour: number; readonly value: number } | null
}

/** When people click, by weekday and hour of the account's zone. Rows in: 168 at most, kept as events come */
export async function reportHours(runId: number): Promise<ReportHours> {
  const rows = await sql<{ weekday: number; hour: number; clicked: number }>(
    `select weekday, hour, clicked from run_hours where run_id = $1 and clicked > 0
      order by clicked desc, weekday, hour`,
    [runId]
  )
  const best = rows.at(0)
  const most = best?.clicked ?? 0
  const values = new Map(rows.map((row) => [`${row.weekday}.${row.hour}`, row.clicked]))
  return {
    days: Array.from({ length: 7 }, (_, day) =>
      Array.from({ length: 24 }, (__, hour) => {
        const value = values.get(`${day + 1}.${hour}`) ?? 0
        return { value, level: levelOf(value, most) }
      })
    ),
    total: rows.reduce((sum, row) => sum + row.clicked, 0),
    best: best ? { weekday: best.weekday, hour: best.hour, value: best.clicked } : null,
  }
}

/** Nothing, or the quarter of the most that a value is in */
function levelOf(value: number, most: number): HourCell['level'] {
  if (value === 0) return 0
  return Math.min(4, 1 + Math.floor((4 * (value - 1)) / most)) as HourCell['level']
}
