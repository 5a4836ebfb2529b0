import type { I18n } from '@adonisjs/i18n'
import type { Text } from '@griot/sdk'
import { viewFormatters } from '#core/http/pages/view_formatters'
import type { StoryLine } from './campaign_story.js'

export type ToldLine = {
  readonly at: Date
  readonly title: string
  readonly by: string
  readonly text: string
  readonly tone?: 'warning'
}

/**
 * A campaign's history in the words of whoever reads it: figures and times are kept as such, and are put into a sentence here.
 *
 * @param o.zone IANA name in which times are told
 */
export function describeStory(o: {
  story: readonly StoryLine[]
  i18n: I18n
  currency: string
  zone: string
  now: Date
}): ToldLine[] {
  return o.story.map((line) => {
    const happened = line.what ? tellHappening({ ...o, what: line.what, data: line.data }) : ''
    const base = {
      at: line.at,
      by: line.by,
      text: [happened.charAt(0).toUpperCase() + happened.slice(1), line.why]
        .filter(Boolean)
        .join(' – '),
    }
    if (line.what && line.from === line.to)
      return {
        ...base,
        title: o.i18n.t(`campaigns.happened_titles.${line.what}`),
        ...(['warning', 'blocked'].includes(String(line.data.level))
          ? { tone: 'warning' as const }
          : {}),
      }
    if (line.what && line.to === 'paused')
      return { ...base, title: o.i18n.t('campaigns.changes.suspended'), tone: 'warning' }
    return { ...base, title: o.i18n.t(`campaigns.changes.${line.to}`) }
  })
}

/** One sentence about what happened */
export function tellHappening(o: {
  what: string
  data: Readonly<Record<string, unknown>>
  i18n: I18n
  currency: string
  zone: string
  now: Date
}): string {
  const format = viewFormatters({
    locale: o.i18n.locale,
    timeZone: o.zone,
    now: () => o.now,
  })
  const words: Record<string, unknown> = { ...o.data }
  for (const name of ['amount', 'ceiling'])
    if (typeof o.data[name] === 'string')
      words[name] = format.money(BigInt(o.data[name]), o.currency)
  if (typeof o.data.occurrence === 'string') words.occurrence = format.datetime(o.data.occurrence)
  if (typeof o.data.key === 'string') words.reason = o.i18n.t(o.data.key, { ...o.data })
  if (isText(o.data.notice)) words.notice = o.data.notice[o.i18n.locale === 'en' ? 'en' : 'fr']
  if (isText(o.data.step)) words.step = o.data.step[o.i18n.locale === 'en' ? 'en' : 'fr']
  for (const name of ['from', 'to']) if (o.data[name] === null) words[name] = 0
  return o.i18n.t(`campaigns.happened.${o.what}`, words)
}

const isText = (value: unknown): value is Text =>
  typeof value === 'object' && value !== null && 'fr' in value && 'en' in value
