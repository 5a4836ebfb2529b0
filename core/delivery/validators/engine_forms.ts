import vine from '@vinejs/vine'

export const unstickForm = vine.create({
  what: vine.enum(['chunks', 'expansions', 'jobs'] as const),
})

export const laneForm = vine.create({
  key: vine.string().trim().minLength(1).maxLength(300),
})
