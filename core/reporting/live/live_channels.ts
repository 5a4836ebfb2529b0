import { isUuid } from '#core/database/uuid'
import transmit from '@adonisjs/transmit/services/main'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { sql } from '#core/database/sql'

/** Languages that the sentences of live messages come in: each is a channel of its own */
export const LIVE_LOCALES = ['fr', 'en'] as const

/** The channel of one campaign in one language: `campaigns/<id>/fr` */
export function liveChannel(campaignId: string, locale: string): string {
  return `campaigns/${campaignId}/${locale}`
}

/** Opens the routes of live progress. Only people of the campaign's account may listen to it */
export function openLiveChannels(): void {
  transmit.registerRoutes((route) => route.use([understood, signedIn]))
  transmit.authorize<{ id: string; locale: string }>('campaigns/:id/:locale', (ctx, { id }) =>
    mayListen(ctx, id)
  )
}

/** A subscription names a browser and a channel; the library takes for granted that it does */
async function understood(ctx: HttpContext, next: NextFn) {
  const { request, response } = ctx
  const { uid, channel } = request.body() as { uid?: unknown; channel?: unknown }
  if (request.method() === 'POST' && (typeof uid !== 'string' || typeof channel !== 'string'))
    return response.status(400).send({ error: { code: 'E_BAD_REQUEST' } })
  return next()
}

/** A stream costs a connection: it is for people who are signed in */
async function signedIn(ctx: HttpContext, next: NextFn) {
  if (await ctx.auth.use('portal').check()) return next()
  return ctx.response.status(401).send({ error: { code: 'E_UNAUTHORIZED_ACCESS' } })
}

async function mayListen(ctx: HttpContext, campaignId: string): Promise<boolean> {
  const guard = ctx.auth.use('portal')
  if (!isUuid(campaignId) || !(await guard.check())) return false
  const [row] = await sql<{ allowed: boolean }>(
    `select exists (select 1 from campaigns c
                      join memberships m on m.account_id = c.account_id and m.user_id = $2::uuid
                      join accounts a on a.id = c.account_id and a.status = 'active'
                     where c.id = $1::uuid) allowed`,
    [campaignId, guard.getUserOrFail().id]
  )
  return row.allowed
}
