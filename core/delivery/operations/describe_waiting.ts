import { viewFormatters } from '#core/http/pages/view_formatters'
import type { Waiting } from './why_waiting.js'

/** Characters of what the far side said that a sentence holds */
const SAID = 160

export type TellTo = {
  readonly t: (key: string, data?: Record<string, unknown>) => string
  readonly locale: string
  /** IANA name in which times are told */
  readonly zone: string
  readonly now: Date
}

/**
 * Why a run hands nothing over, as the end of a sentence (« En attente : … ») in the reader's language.
 *
 * @returns '' when it does hand over
 */
export function describeWaiting(waiting: Waiting, o: TellTo): string {
  if (waiting.reason === 'sending' || waiting.reason === 'in_flight') return ''
  return waitingWords(waiting, o)
}

/** The same for people who look at every run: also what one says that is well */
export function waitingWords(waiting: Waiting, o: TellTo): string {
  return o.t(`campaigns.waiting.${waiting.reason}`, {
    until: waiting.until ? moment(waiting.until, o) : 'none',
    detail: waiting.detail.trim().slice(0, SAID) || 'none',
    places: waiting.places,
    place: waiting.place,
  })
}

/** The time of today, else the date with it */
function moment(at: Date, o: TellTo): string {
  const format = viewFormatters({ locale: o.locale, timeZone: o.zone, now: () => o.now })
  return format.date(at) === format.date(o.now)
    ? o.t('campaigns.waiting.at', { time: format.time(at) })
    : o.t('campaigns.waiting.on', { date: format.datetime(at) })
}
