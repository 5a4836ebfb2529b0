import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { LinkInvalidError } from '../errors.js'

/**
 * Does what a link of a mail leads to; a link that was used, or is too old, gives a page that says so and shows the way on.
 *
 * @param o.next where the person can go from there: a new link, or the sign-in
 */
export async function orLinkUsed<T>(
  ctx: HttpContext,
  o: { next: 'confirm' | 'forgot' | 'signin' },
  work: () => Promise<T>
): Promise<T | string> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof LinkInvalidError)) throw error
    const signedIn = await ctx.auth.use('portal').check()
    ctx.response.status(410)
    return renderPage(ctx, 'auth/link_used', { next: o.next, signedIn })
  }
}
