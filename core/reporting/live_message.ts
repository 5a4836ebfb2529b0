import { sql } from '#core/database/sql'
import { LIVE_LOCALES } from './live_channels.js'

/** What the progress bar of a page takes: see `live_progress` in docs/pages.md */
export type LiveMessage = {
  readonly parts: {
    readonly delivered: number
    readonly pending: number
    readonly uncertain: number
    readonly failed: number
  }
  readonly total: number
  readonly note: string
  /** The page must be read anew: the campaign is in another state than the page says */
  readonly done: boolean
}

type Row = {
  state: string
  timezone: string
  accepted: number
  pending: number
  uncertain: number
  rejected: number
  total: number
}

/** Where a campaign stands now, in each language; null when it was never launched */
export async function liveMessages(o: {
  campaignId: string
  changed: boolean
  now: Date
  t: (locale: string, key: string, data: Record<string, unknown>) => string
}): Promise<{ locale: string; message: LiveMessage }[]> {
  const [row] = await sql<Row>(
    `select c.state, a.timezone, coalesce(r.accepted, 0) accepted, coalesce(r.pending, 0) pending, coalesce(r.uncertain, 0) uncertain,
            coalesce(r.rejected, 0) rejected, coalesce(r.audience - r.excluded, 0) total
       from campaigns c join accounts a on a.id = c.account_id
       left join lateral (select * from campaign_runs r where r.campaign_id = c.id order by n desc limit 1) r on true
      where c.id = $1::uuid`,
    [o.campaignId]
  )
  if (!row) return []
  const live = row.state === 'running' || row.state === 'paused'
  return LIVE_LOCALES.map((locale) => ({
    locale,
    message: {
      parts: {
        delivered: row.accepted,
        pending: row.pending,
        uncertain: row.uncertain,
        failed: row.rejected,
      },
      total: row.total,
      note: o.t(locale, 'reporting.live.updated', { time: clock(o.now, locale, row.timezone) }),
      done: o.changed || !live,
    },
  }))
}

function clock(now: Date, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'fr-FR', {
    timeStyle: 'medium',
    timeZone,
  }).format(now)
}
