import vine from '@vinejs/vine'

export const noteForm = vine.create({ text: vine.string().trim().minLength(1).maxLength(5_000) })

export const assignForm = vine.create({ user: vine.string().uuid().optional() })

export const optWordForm = vine.create({
  word: vine.string().trim().minLength(1).maxLength(100),
  means: vine.enum(['out', 'in'] as const),
  language: vine.enum(['fr', 'en', 'ar', 'pt'] as const).optional(),
})
