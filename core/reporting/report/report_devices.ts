import { sql } from '#core/database/sql'
import { honestShare } from './honest_share.js'

export type DeviceLine = {
  readonly device: string
  readonly opened: number
  readonly clicked: number
  /** Of the openings and clicks of people; null for machines, which are not among them */
  readonly share: number | null
}

/** What people read on, most frequent first, and machines last. Rows in: six at most, kept as events come */
export async function reportDevices(runId: number): Promise<DeviceLine[]> {
  const rows = await sql<Omit<DeviceLine, 'share'>>(
    `select device, opened, clicked from run_devices where run_id = $1 and opened + clicked > 0
      order by device = 'bot', opened + clicked desc, device`,
    [runId]
  )
  const ofPeople = rows
    .filter((row) => row.device !== 'bot')
    .reduce((sum, row) => sum + row.opened + row.clicked, 0)
  return rows.map((row) => ({
    ...row,
    share: row.device === 'bot' ? null : honestShare(row.opened + row.clicked, ofPeople),
  }))
}
