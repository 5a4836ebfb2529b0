import vine from '@vinejs/vine'

export const newCampaignForm = vine.create({
  name: vine.string().trim().minLength(1).maxLength(160),
  service: vine.string().trim().maxLength(80),
})

/** A list whose contacts are asked for their consent */
export const consentRequestForm = vine.create({ list: vine.string().uuid() })

export const audienceForm = vine.create({
  lists: vine.array(vine.string().uuid()).minLength(1).maxLength(100),
})

/** The quote that is agreed to and, for a campaign that recurs, what one occurrence may cost */
export const launchForm = vine.create({
  quote: vine.string().uuid(),
  ceiling: vine.string().trim().maxLength(40).nullable().optional(),
})

export const controlForm = vine.create({
  why: vine.string().trim().maxLength(300).nullable().optional(),
})
