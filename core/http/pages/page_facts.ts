import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'
import { plainModel } from '../forms/plain_model.js'

/** Facts by name, as templates see them in `page` */
export type PageFactValues = Record<string, unknown>

/** Finds one fact for the page being shown; null when there is none */
export type PageFact = (ctx: HttpContext) => Promise<unknown> | unknown

/**
 * What every page shows besides its own model: the balance, the accounts of the user, a notice of the operator. The
 * domain that knows a fact adds it at boot, so that http need not import it.
 *
 * @example
 * pageFacts.add('balance', (ctx) => (ctx.portal ? readBalance({ accountId: ctx.portal.account.id }) : null))
 */
export class PageFacts {
  #facts = new Map<string, PageFact>()

  /** Adding a name again replaces its fact */
  add(name: string, fact: PageFact): this {
    this.#facts.set(name, fact)
    return this
  }

  /** Every fact, found at the same time. One that fails is null and logged: no page fails for its header */
  async find(ctx: HttpContext): Promise<PageFactValues> {
    const found = await Promise.all(
      [...this.#facts].map(async ([name, fact]) => {
        try {
          const { value } = plainModel({ value: (await fact(ctx)) ?? null })
          return [name, value] as const
        } catch (error) {
          logger.error({ err: error, fact: name }, 'A fact of the page could not be found')
          return [name, null] as const
        }
      })
    )
    return Object.fromEntries(found)
  }
}

export const pageFacts = new PageFacts()
