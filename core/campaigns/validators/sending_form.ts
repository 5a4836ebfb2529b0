import vine from '@vinejs/vine'
import { WEEKDAYS } from '#core/schedules/recurrence'

const WALL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/

const number = (max: number) =>
  vine.number().withoutDecimals().min(1).max(max).nullable().optional()
const clock = () => vine.string().trim().regex(CLOCK).nullable().optional()

/** The third step of the wizard. Everything but `when` may be absent: the verb says what the choice needs */
export const sendingForm = vine.create({
  when: vine.enum(['now', 'at', 'repeat', 'newcomers'] as const),
  zone: vine.string().trim().maxLength(80),
  starts_at: vine.string().trim().regex(WALL_TIME).nullable().optional(),
  every: vine
    .enum(['day', 'week', 'month', 'year', 'rule'] as const)
    .nullable()
    .optional(),
  interval: number(999),
  weekdays: vine.array(vine.enum(WEEKDAYS)).maxLength(7).optional(),
  month_on: vine
    .enum(['day', 'weekday'] as const)
    .nullable()
    .optional(),
  rule: vine.string().trim().maxLength(300).nullable().optional(),
  newcomers_every: vine
    .enum(['hour', 'day'] as const)
    .nullable()
    .optional(),
  end: vine
    .enum(['never', 'until', 'count'] as const)
    .nullable()
    .optional(),
  until: vine
    .string()
    .trim()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullable()
    .optional(),
  count: number(10_000),
  pace: number(10_000_000),
  deadline: number(8_760),
  quiet_from: clock(),
  quiet_until: clock(),
  cap_messages: number(100),
  cap_days: number(365),
  canary: number(50),
})

export const paceForm = vine.create({ pace: number(10_000_000) })
export const ceilingForm = vine.create({
  ceiling: vine.string().trim().maxLength(40),
  resume: vine.enum(['1'] as const).optional(),
})
