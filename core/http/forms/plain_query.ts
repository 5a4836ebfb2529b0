import type { HttpContext } from '@adonisjs/core/http'

/** Characters of one value that are looked at */
const LONGEST = 500

/**
 * The query of a request as pages read it: text by name. A name that comes twice, or as an array or an object, is as if it were not
 * there; a name that every object has (`constructor`) is not found in it.
 */
export function plainQuery(ctx: HttpContext): Readonly<Record<string, string | undefined>> {
  const query = Object.create(null) as Record<string, string | undefined>
  for (const [name, value] of Object.entries(ctx.request.qs()))
    if (typeof value === 'string') query[name] = value.slice(0, LONGEST)
  return query
}

/**
 * One of the words that a parameter may have.
 *
 * @returns the first word when the parameter has none of them
 */
export function wordOf<Word extends string>(
  value: string | undefined,
  words: readonly Word[]
): Word {
  return words.find((word) => word === value) ?? words[0]
}
