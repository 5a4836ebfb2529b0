import vine from '@vinejs/vine'

/** A credit by hand. `key` was made with the form, so that a second press changes nothing; `confirmed` comes from the page that checks */
export const creditForm = vine.create({
  amount: vine.string().trim().maxLength(40),
  reason: vine.string().trim().minLength(3).maxLength(200),
  key: vine.string().uuid(),
  confirmed: vine.literal('1').optional(),
})
