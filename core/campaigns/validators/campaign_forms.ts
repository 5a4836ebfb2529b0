import vine from '@vinejs/vine'

export const newCampaignForm = vine.create({
  name: vine.string().trim().minLength(1).maxLength(160),
  service: vine.string().trim().maxLength(80),
})

export const audienceForm = vine.create({
  lists: vine.array(vine.string().uuid()).minLength(1).maxLength(100),
})

/** When to begin. The time is the account's, as its people read it on the wall */
export const launchForm = vine.create({
  quote: vine.string().uuid(),
  when: vine.enum(['now', 'later'] as const),
  start_at: vine
    .string()
    .trim()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/)
    .nullable()
    .optional(),
})

export const controlForm = vine.create({
  why: vine.string().trim().maxLength(300).nullable().optional(),
})
