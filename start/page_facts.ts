import type { HttpContext } from '@adonisjs/core/http'
import { pageFacts } from '#core/http/pages/page_facts'
import { membershipsOf } from '#core/identity/accounts/memberships'
import type User from '#core/identity/models/user'
import { walletBalance } from '#core/ledger/wallet_balance'

/** What every page shows besides its own model: who is there, their accounts, and the balance of the one they chose */
export function registerPageFacts(): void {
  pageFacts
    .add('user', async (ctx) => {
      const user = await personOf(ctx)
      return user && { id: user.id, name: user.fullName, email: user.email }
    })
    .add('accounts', async (ctx) => {
      if (!ctx.portal) return []
      const memberships = await membershipsOf(ctx.portal.user.id)
      return memberships.map((one) => ({ id: one.accountId, name: one.accountName }))
    })
    .add('balance', (ctx) =>
      ctx.portal
        ? walletBalance({ accountId: ctx.portal.account.id, currency: ctx.portal.account.currency })
        : null
    )
}

/** In the portal the middleware has found the person; elsewhere the session knows, except in the admin and where no route was found */
async function personOf(ctx: HttpContext): Promise<User | null> {
  if (ctx.portal) return ctx.portal.user
  if (!ctx.auth || /^\/admin(\/|$)/.test(ctx.request.url())) return null
  const guard = ctx.auth.use('portal')
  return (await guard.check()) ? guard.getUserOrFail() : null
}
