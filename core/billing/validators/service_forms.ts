import vine from '@vinejs/vine'

export const newServiceForm = vine.create({ channel: vine.string().trim().maxLength(80) })

export const serviceForm = vine.create({
  title_fr: vine.string().trim().minLength(1).maxLength(80),
  title_en: vine.string().trim().minLength(1).maxLength(80),
  description_fr: vine.string().trim().maxLength(400).nullable().optional(),
  description_en: vine.string().trim().maxLength(400).nullable().optional(),
})

/** A price from a date on. The time is universal time, as the page says */
export const rateForm = vine.create({
  currency: vine.string().regex(/^[A-Z]{3}$/),
  unit: vine.string().trim().maxLength(80),
  prefix: vine
    .string()
    .trim()
    .regex(/^\+?[0-9 ]{1,20}$/)
    .nullable()
    .optional(),
  from_units: vine.number().withoutDecimals().range([0, 1_000_000_000]).nullable().optional(),
  price: vine.string().trim().maxLength(30),
  effective_from: vine
    .string()
    .trim()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/)
    .nullable()
    .optional(),
})
