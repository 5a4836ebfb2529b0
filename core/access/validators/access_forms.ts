import vine from '@vinejs/vine'

const ROLES = ['owner', 'manager', 'reader'] as const
const STAFF_ROLES = ['admin', 'support'] as const
const name = () => vine.string().trim().minLength(2).maxLength(120)
const email = () => vine.string().trim().email().maxLength(254).toLowerCase()

/** Zones that the database's clock also knows */
const ZONES = Intl.supportedValuesOf('timeZone')

export const accountForm = vine.create({
  name: name(),
  address: vine.string().trim().maxLength(400).optional(),
  timezone: vine.enum(ZONES),
  locale: vine.enum(['fr', 'en'] as const),
})

export const profileForm = vine.create({
  full_name: name(),
  locale: vine.enum(['fr', 'en'] as const),
})

export const passwordForm = vine.create({
  current_password: vine.string().maxLength(200),
  password: vine.string().minLength(10).maxLength(200),
})

export const memberForm = vine.create({ full_name: name(), email: email(), role: vine.enum(ROLES) })
export const roleForm = vine.create({ role: vine.enum(ROLES) })

export const staffForm = vine.create({
  full_name: name(),
  email: email(),
  role: vine.enum(STAFF_ROLES),
  password: vine.string().minLength(10).maxLength(200),
})
export const staffRoleForm = vine.create({ role: vine.enum(STAFF_ROLES) })

const clock = () =>
  vine
    .string()
    .trim()
    .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/)
    .nullable()
    .optional()
const whole = (max: number) => vine.number().withoutDecimals().min(1).max(max).nullable().optional()

/** Quiet hours and frequency cap: pairs that the verb checks */
export const sendingRulesForm = vine.create({
  quiet_from: clock(),
  quiet_until: clock(),
  cap_messages: whole(100),
  cap_days: whole(365),
})
