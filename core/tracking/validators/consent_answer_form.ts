import vine from '@vinejs/vine'

export const consentAnswerForm = vine.create({ answer: vine.enum(['granted', 'refused'] as const) })
