import type { I18n } from '@adonisjs/i18n'
import { viewFormatters } from '#core/http/pages/view_formatters'
import type Campaign from '../models/campaign.js'
import { readRecurrence, weekdayOf } from './recurrence_form.js'
import { upcoming, type Schedule } from '#core/schedules/read_schedule'
import type { When } from './sending.js'
import { instantOf } from '#core/schedules/wall_clock'

type Fact = { readonly label: string; readonly value: string }

export type SendingWords = {
  readonly when: When
  /** « Chaque semaine, le lundi et le jeudi, à 09:00 » */
  readonly timing: string
  readonly zone: string | null
  readonly next: readonly Date[]
  /** All of it as pairs: the timing, the zone, the end, and each rule that is set */
  readonly facts: readonly Fact[]
}

/** Occurrences that a page names */
const SHOWN = 3

/** When and how a campaign goes out, in words, with the first dates: the same on every page */
export function describeSending(o: {
  campaign: Campaign
  schedule: Schedule | null
  i18n: I18n
  now: Date
}): SendingWords {
  const { campaign, schedule, i18n } = o
  const t = (key: string) => i18n.t(`campaigns.sending.${key}`)
  const when = whenOf(campaign, schedule)
  const timing = schedule ? timingOf({ ...o, schedule, when }) : t('words.now')
  const facts = [{ label: t('when'), value: timing }]
  if (schedule) facts.push({ label: t('zone'), value: schedule.zone.replaceAll('_', ' ') })
  if (schedule && schedule.recurrence !== 'once')
    facts.push({ label: t('end'), value: endOf({ ...o, schedule }) })
  return {
    when,
    timing,
    zone: schedule?.zone ?? null,
    next: schedule ? upcoming({ schedule, now: o.now, limit: SHOWN }) : [],
    facts: [...facts, ...rulesOf(campaign, i18n)],
  }
}

export function whenOf(campaign: Campaign, schedule: Schedule | null): When {
  if (!schedule) return 'now'
  if (schedule.recurrence === 'once') return 'at'
  return campaign.newcomersOnly ? 'newcomers' : 'repeat'
}

function timingOf(o: { schedule: Schedule; when: When; i18n: I18n; now: Date }): string {
  const { schedule, when, i18n } = o
  const t = (key: string, data?: Record<string, unknown>) =>
    i18n.t(`campaigns.sending.words.${key}`, data)
  const start = schedule.startsAt
  const format = viewFormatters({
    locale: i18n.locale,
    timeZone: schedule.zone,
    now: () => o.now,
  })
  const at = start && instantOf(start, schedule.zone)
  if (when === 'at') return t('at', { at: format.datetime(at) })
  if (when === 'newcomers') {
    const hourly = schedule.recurrence.startsWith('FREQ=HOURLY')
    if (!at) return t(hourly ? 'newcomers_hour_now' : 'newcomers_day_now')
    return t(hourly ? 'newcomers_hour' : 'newcomers_day', {
      at: format.datetime(at),
      time: format.time(at),
    })
  }
  if (!start || !at) return schedule.recurrence

  const rule = readRecurrence(schedule.recurrence, start)
  const n = rule.interval ?? 1
  const time = start.slice(11, 16)
  const weekday = (day: string) => t(`weekdays.${day}`)
  const day = Number(start.slice(8, 10))
  switch (rule.every) {
    case 'day':
      return t('day', { n, time })
    case 'week':
      return t('week', { n, time, days: listOf(rule.weekdays.map(weekday), i18n) })
    case 'month':
      return rule.month_on === 'weekday'
        ? t('month_weekday', {
            n,
            time,
            nth: day > 28 ? 'last' : String(Math.ceil(day / 7)),
            weekday: weekday(weekdayOf(start)),
          })
        : t(day > 28 ? 'month_end' : 'month_day', { n, time, day })
    case 'year':
      return t(start.slice(5, 10) === '02-29' ? 'year_leap' : 'year', {
        n,
        time,
        date: dayAndMonth(start, i18n),
      })
    case 'rule':
    case null:
      return t('rule', { rule: schedule.recurrence, at: format.datetime(at) })
  }
}

function listOf(words: readonly string[], i18n: I18n): string {
  return new Intl.ListFormat(i18n.locale, { type: 'conjunction' }).format(words)
}

function dayAndMonth(wall: string, i18n: I18n): string {
  return new Intl.DateTimeFormat(i18n.locale === 'en' ? 'en-GB' : 'fr-FR', {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(new Date(`${wall}Z`))
}

function endOf(o: { schedule: Schedule; i18n: I18n; now: Date }): string {
  const { schedule, i18n } = o
  if (schedule.count !== null)
    return i18n.t('campaigns.sending.words.count', { count: schedule.count })
  if (schedule.until === null) return i18n.t('campaigns.sending.words.never')
  const format = viewFormatters({ locale: i18n.locale, timeZone: 'UTC', now: () => o.now })
  return i18n.t('campaigns.sending.words.until', {
    date: format.date(new Date(`${schedule.until}Z`)),
  })
}

function rulesOf(campaign: Campaign, i18n: I18n): Fact[] {
  const t = (key: string, data?: Record<string, unknown>) =>
    i18n.t(`campaigns.sending.${key}`, data)
  const rules: Fact[] = []
  if (campaign.pacePerHour)
    rules.push({ label: t('pace'), value: t('words.pace', { pace: campaign.pacePerHour }) })
  if (campaign.deadlineHours)
    rules.push({
      label: t('deadline'),
      value: t('words.deadline', { hours: campaign.deadlineHours }),
    })
  if (campaign.quietFrom && campaign.quietUntil)
    rules.push({
      label: t('quiet'),
      value: t('words.quiet', {
        from: campaign.quietFrom.slice(0, 5),
        until: campaign.quietUntil.slice(0, 5),
      }),
    })
  if (campaign.capMessages && campaign.capDays)
    rules.push({
      label: t('cap'),
      value: t('words.cap', { messages: campaign.capMessages, days: campaign.capDays }),
    })
  if (campaign.canaryPercent)
    rules.push({
      label: t('canary'),
      value: t('words.canary', { percent: campaign.canaryPercent }),
    })
  return rules
}
