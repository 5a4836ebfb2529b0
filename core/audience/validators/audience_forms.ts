import vine from '@vinejs/vine'
import { NAME_LENGTH } from '../contacts/contact_field_names.js'
import { COUNTRY_CODES } from '../addresses/country_name.js'

const id = () => vine.string().uuid()
const words = (length: number) => vine.string().trim().maxLength(length)
/** A day that is not to come */
const pastDay = () => vine.date().beforeOrEqual('today')
const consent = () => vine.enum(['granted', 'refused', 'unknown'] as const)

export const listForm = vine.create({ name: words(120).minLength(1) })

export const contactForm = vine.create({
  email: words(254).optional(),
  phone: words(40).optional(),
  first_name: words(NAME_LENGTH).optional(),
  last_name: words(NAME_LENGTH).optional(),
  city: words(NAME_LENGTH).optional(),
  consent: consent(),
  list: id().optional(),
})

export const consentForm = vine.create({ consent: consent() })

/** What a file is shows in its first bytes, and the answer says what to do: its name is no reason */
export const uploadForm = vine.create({
  file: vine.file({ size: '500mb' }),
  country: vine.enum(COUNTRY_CODES),
})

export const startForm = vine.create({
  list: id().optional(),
  new_list: words(120).optional(),
  country: vine.enum(COUNTRY_CODES),
  /** `file`: a column says it; `all`: everybody agreed; `ask`: they will be asked; `none`: nobody was asked yet */
  consent: vine.enum(['file', 'all', 'ask', 'none'] as const).optional(),
  consent_how: words(1_000).minLength(3).optional().requiredWhen('consent', '=', 'all'),
  consent_on: pastDay().optional(),
})

/** Everybody of a list, or of the account, agreed */
export const declarationForm = vine.create({
  list: id().optional(),
  consent_how: words(1_000).minLength(3),
  consent_on: pastDay().optional(),
})

export const contactEditForm = vine.create({
  email: words(254).optional(),
  phone: words(40).optional(),
  first_name: words(NAME_LENGTH).optional(),
  last_name: words(NAME_LENGTH).optional(),
  city: words(NAME_LENGTH).optional(),
  country: vine.enum(COUNTRY_CODES).optional(),
  language: words(40).optional(),
  lists: vine.array(id()).maxLength(500).optional(),
  fields: vine.record(words(10_000).optional()).optional(),
})

export const suppressionForm = vine.create({ address: words(254).minLength(3) })
