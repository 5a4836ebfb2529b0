import { elapsedSeconds } from '#core/campaigns/overview/elapsed_seconds'
import { describeReasons } from '#core/campaigns/overview/left_out'
import { liveFigures, type LiveFigures } from '#core/campaigns/overview/live_figures'
import { describeWaiting } from '#core/delivery/operations/describe_waiting'
import { whyWaiting, type Waiting } from '#core/delivery/operations/why_waiting'
import { sql } from '#core/database/sql'
import { viewFormatters } from '#core/http/pages/view_formatters'
import { LIVE_LOCALES } from './live_channels.js'

type Translate = (key: string, data?: Record<string, unknown>) => string

/** What an open page takes: see `live` in docs/pages.md */
export type LiveMessage = {
  readonly parts: {
    readonly delivered: number
    readonly pending: number
    readonly uncertain: number
    readonly failed: number
  }
  readonly total: number
  /** Words by the name of the place that shows them (`data-live`), as the page itself wrote them when it was read */
  readonly values: Readonly<Record<string, string>>
  /** Seconds since the launch; null before it */
  readonly elapsed: number | null
  readonly note: string
  /** One sentence for people who listen to the page */
  readonly summary: string
  /** A page that says another state must be read anew */
  readonly state: string
}

/** Where a campaign stands now, in each language; nothing when there is no such campaign */
export async function liveMessages(o: {
  campaignId: string
  now: Date
  t: (locale: string, key: string, data: Record<string, unknown>) => string
}): Promise<{ locale: string; message: LiveMessage }[]> {
  const [campaign] = await sql<{
    account_id: string
    state: string
    timezone: string
    currency: string
  }>(
    `select c.account_id, c.state, a.timezone, a.currency from campaigns c
      join accounts a on a.id = c.account_id where c.id = $1::uuid`,
    [o.campaignId]
  )
  if (!campaign) return []
  const figures = await liveFigures({
    accountId: campaign.account_id,
    campaignId: o.campaignId,
  })
  const waiting =
    campaign.state === 'running' && figures.runId !== null
      ? (await whyWaiting([figures.runId])).get(figures.runId)
      : undefined
  return LIVE_LOCALES.map((locale) => ({
    locale,
    message: {
      parts: {
        delivered: figures.accepted,
        pending: figures.pending,
        uncertain: figures.uncertain,
        failed: figures.rejected,
      },
      total: figures.audience - figures.excluded,
      ...words({
        figures,
        waiting,
        currency: campaign.currency,
        zone: campaign.timezone,
        locale,
        now: o.now,
        t: (key, data) => o.t(locale, key, data ?? {}),
      }),
      elapsed: elapsedSeconds(figures, o.now),
      state: campaign.state,
    },
  }))
}

function words(o: {
  figures: LiveFigures
  waiting: Waiting | undefined
  currency: string
  zone: string
  locale: string
  now: Date
  t: Translate
}): Pick<LiveMessage, 'values' | 'note' | 'summary'> {
  const { figures, t } = o
  const { number, percent, money } = viewFormatters({
    locale: o.locale,
    timeZone: o.zone,
    now: () => o.now,
  })
  const whole = figures.audience - figures.excluded
  const parts = {
    delivered: figures.accepted,
    pending: figures.pending,
    uncertain: figures.uncertain,
    failed: figures.rejected,
  }
  const why = o.waiting ? describeWaiting(o.waiting, o) : ''
  return {
    values: {
      waiting: why && t('campaigns.waiting.sentence', { why }),
      ...Object.fromEntries(
        Object.entries(parts).flatMap(([key, count]) => [
          [key, number(count)],
          [`${key}_share`, percent(count, whole)],
        ])
      ),
      clicked: number(figures.clicked),
      clicked_share: percent(figures.clicked, figures.accepted),
      excluded: number(figures.excluded),
      excluded_why: describeReasons({ reasons: figures.exclusions, t }),
      held: money(figures.held, o.currency),
      captured: money(figures.captured, o.currency),
      released: money(figures.released, o.currency),
      still_held: money(figures.held - figures.captured - figures.released, o.currency),
      paused_title: t('campaigns.paused_title', { count: figures.pending }),
      cancel_effect: t('campaigns.cancel_effect', { count: figures.pending }),
    },
    note: t('reporting.live.updated', { time: clock(o.now, o.locale, o.zone) }),
    summary: t('reporting.live.summary', {
      accepted: number(figures.accepted),
      pending: number(figures.pending),
      uncertain: number(figures.uncertain),
      rejected: number(figures.rejected),
    }),
  }
}

function clock(now: Date, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'fr-FR', {
    timeStyle: 'medium',
    timeZone,
  }).format(now)
}
