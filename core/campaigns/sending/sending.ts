import type { SendingRules } from '#core/access/read_sending_rules'
import type { RecurrenceForm } from './recurrence_form.js'

/** How a campaign goes out: once, again and again, or to those who join its lists */
export type When = 'now' | 'at' | 'repeat' | 'newcomers'

/** What the third step of the wizard settles */
export type Sending = SendingRules & {
  readonly when: When
  /** Null for `now` */
  readonly timetable: {
    /** IANA name */
    readonly zone: string
    /** Wall-clock time; null begins with the launch */
    readonly startsAt: string | null
    /** `once`, or a rule of recurrence */
    readonly recurrence: string
    /** Wall-clock time of the last, that time included */
    readonly until: string | null
    readonly count: number | null
  } | null
  /** Messages an hour */
  readonly pacePerHour: number | null
  readonly deadlineHours: number | null
  readonly canaryPercent: number | null
}

/** The step as a form sends it; numbers are numbers already, what is empty is null */
export type SendingForm = RecurrenceForm & {
  readonly when: When
  readonly zone: string
  readonly starts_at: string | null
  readonly newcomers_every: 'hour' | 'day' | null
  readonly end: 'never' | 'until' | 'count' | null
  /** A date; its whole day counts */
  readonly until: string | null
  readonly count: number | null
  readonly pace: number | null
  readonly deadline: number | null
  readonly quiet_from: string | null
  readonly quiet_until: string | null
  readonly cap_messages: number | null
  readonly cap_days: number | null
  readonly canary: number | null
}
