import vine from '@vinejs/vine'

/** What destinations are called in deliveries: a domain, or the first five digits of international numbers */
const DESTINATION =
  /^(\+\d{5}|[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)+)$/u

export const unstickForm = vine.create({
  what: vine.enum(['chunks', 'expansions', 'jobs'] as const),
})

export const canaryForm = vine.create({
  run: vine.number().withoutDecimals().min(1).max(2_147_483_647),
})

export const laneForm = vine.create({
  key: vine.string().trim().minLength(1).maxLength(300),
})

/** A ceiling for one destination of a plugin. Without a rate there is no limit any more */
export const ceilingForm = vine.create({
  plugin: vine.string().trim().maxLength(80),
  destination: vine
    .string()
    .parse((text) =>
      typeof text === 'string'
        ? text.trim().toLowerCase().replace(/^@/, '').replaceAll(' ', '')
        : text
    )
    .maxLength(253)
    .regex(DESTINATION),
  per_second: vine.number().min(0.01).max(100_000).nullable().optional(),
})
