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
