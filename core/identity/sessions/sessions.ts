import app from '@adonisjs/core/services/app'
import { SessionCollection } from '@adonisjs/session'
import type { HttpContext } from '@adonisjs/core/http'
import { isLocale, rememberLocale } from '#core/http/pages/preferences'
import type { Guard } from '../mail/access_links.js'
import type StaffMember from '../models/staff_member.js'
import type User from '../models/user.js'

type Person =
  | { readonly guard: 'portal'; readonly who: User }
  | { readonly guard: 'admin'; readonly who: StaffMember }

const tagOf = (guard: Guard, personId: string) => `${guard} ${personId}`

/** Signs a person in: a session of its own under a new id, that can be ended from elsewhere, and pages in the person's language */
export async function beginSession(ctx: HttpContext, person: Person): Promise<void> {
  if (person.guard === 'portal') await ctx.auth.use('portal').login(person.who)
  else await ctx.auth.use('admin').login(person.who)
  await ctx.session.tag(tagOf(person.guard, person.who.id))
  if (isLocale(person.who.locale)) rememberLocale(ctx.response, person.who.locale)
}

/**
 * Ends the sessions of a person everywhere: a copied cookie opens nothing any more.
 *
 * @param o.except the id of one that stays, of the browser in which the person did this
 * @returns how many were ended
 */
export async function endSessions(o: {
  guard: Guard
  personId: string
  except?: string
}): Promise<number> {
  const sessions = await app.container.make(SessionCollection)
  const theirs = await sessions.tagged(tagOf(o.guard, o.personId))
  const ended = theirs.filter(({ id }) => id !== o.except)
  for (const { id } of ended) await sessions.destroy(id)
  return ended.length
}

/** After a new password: every other session of the person ends, and this one goes on under a new id, so that a copy of it is over too */
export async function renewSession(
  ctx: HttpContext,
  o: { guard: Guard; personId: string }
): Promise<void> {
  await endSessions({ ...o, except: ctx.session.sessionId })
  ctx.session.regenerate()
  await ctx.session.tag(tagOf(o.guard, o.personId))
}
