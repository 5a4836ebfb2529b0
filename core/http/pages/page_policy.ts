import app from '@adonisjs/core/services/app'
import { cspFactory } from '@adonisjs/shield/guards'
import type { HttpContext } from '@adonisjs/core/http'

let guard: ReturnType<typeof cspFactory> | undefined

/**
 * Gives an answer the content security policy of pages, with a nonce of its own, when it has none yet: an address that leads nowhere is
 * answered with a page before the shield was asked.
 */
export async function givePagePolicy(ctx: HttpContext): Promise<void> {
  if (ctx.response.nonce) return
  guard ??= cspFactory(app.config.get('shield.csp'))
  await guard(ctx)
}
