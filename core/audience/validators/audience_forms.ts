import vine from '@vinejs/vine'
import { COUNTRY_CODES } from '../country_name.js'

const id = () => vine.string().uuid()
const words = (length: number) => vine.string().trim().maxLength(length)
const consent = () => vine.enum(['granted', 'refused', 'unknown'] as const)

export const listForm = vine.create({ name: words(120).minLength(1) })

export const contactForm = vine.create({
  email: words(254).optional(),
  phone: words(40).optional(),
  first_name: words(200).optional(),
  last_name: words(200).optional(),
  city: words(200).optional(),
  consent: consent(),
  list: id().optional(),
})

export const consentForm = vine.create({ consent: consent() })

export const uploadForm = vine.create({
  file: vine.file({ size: '500mb', extnames: ['csv', 'txt', 'tsv'] }),
  country: vine.enum(COUNTRY_CODES),
})

export const startForm = vine.create({
  list: id().optional(),
  new_list: words(120).optional(),
  country: vine.enum(COUNTRY_CODES),
})

export const suppressionForm = vine.create({ address: words(254).minLength(3) })
