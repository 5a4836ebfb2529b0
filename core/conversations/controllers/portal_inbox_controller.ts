import type { HttpContext } from '@adonisjs/core/http'
import { allows, authorize } from '#core/access/authorize'
import { isUuid } from '#core/database/uuid'
import { plainQuery } from '#core/http/forms/plain_query'
import { renderPage } from '#core/http/pages/render_page'
import { membersOf } from '#core/identity/accounts/members'
import {
  addNote,
  assignConversation,
  markRead,
  setConversationState,
} from '../change_conversation.js'
import { listConversations } from '../list_conversations.js'
import { readConversation, requireConversation } from '../read_conversation.js'
import { assignForm, noteForm } from '../validators/conversation_forms.js'

/** What people write back to an account: the list, one conversation, and what is done with it */
export default class PortalInboxController {
  async index(ctx: HttpContext) {
    await authorize(ctx, 'conversations.view')
    const { account, user } = ctx.portal
    const { q, state, mine, cursor } = plainQuery(ctx)
    const search = typeof q === 'string' ? q : ''
    const shown = state === 'done' ? 'done' : 'open'
    const own = mine === '1'
    const page = await listConversations({
      accountId: account.id,
      state: shown,
      assignedTo: own ? user.id : null,
      search,
      cursor: typeof cursor === 'string' ? cursor : null,
    })
    return renderPage(ctx, 'portal/inbox/index', {
      conversations: page.rows,
      next: page.next,
      previous: page.previous,
      search,
      view: shown,
      mine: own,
      filtered: search !== '' || own || shown === 'done',
      at: ctx.now,
    })
  }

  async show(ctx: HttpContext) {
    await authorize(ctx, 'conversations.view')
    const { account } = ctx.portal
    const { before } = plainQuery(ctx)
    const which = { accountId: account.id, id: String(ctx.params.id) }
    const [conversation, members] = await Promise.all([
      readConversation({ ...which, before: isUuid(before) ? before : null }),
      membersOf(account.id),
    ])
    const mayEdit = allows(ctx, 'conversations.edit')
    if (mayEdit) await markRead(which)
    return renderPage(ctx, 'portal/inbox/show', {
      conversation,
      members: members.map((one) => ({ value: one.id, label: one.name })),
      mayEdit,
      at: ctx.now,
    })
  }

  async note(ctx: HttpContext) {
    await authorize(ctx, 'conversations.edit')
    const which = await conversationOf(ctx)
    const { user } = ctx.portal
    const { text } = await ctx.request.validateUsing(noteForm)
    await addNote({
      ...which,
      text,
      by: { id: user.id, name: user.fullName },
      now: ctx.now,
    })
    return done(ctx, 'noted')
  }

  async assign(ctx: HttpContext) {
    await authorize(ctx, 'conversations.edit')
    const which = await conversationOf(ctx)
    const { user } = await ctx.request.validateUsing(assignForm)
    await assignConversation({ ...which, userId: user ?? null })
    return done(ctx, 'assigned')
  }

  async close(ctx: HttpContext) {
    await authorize(ctx, 'conversations.edit')
    await setConversationState({ ...(await conversationOf(ctx)), state: 'done' })
    ctx.session.flash('done', 'conversations.done.closed')
    return ctx.response.redirect('/portal/inbox')
  }

  async reopen(ctx: HttpContext) {
    await authorize(ctx, 'conversations.edit')
    await setConversationState({ ...(await conversationOf(ctx)), state: 'open' })
    return done(ctx, 'reopened')
  }
}

/** Before anything is validated: one of another account does not exist */
async function conversationOf(ctx: HttpContext) {
  const which = { accountId: ctx.portal.account.id, id: String(ctx.params.id) }
  await requireConversation(which)
  return which
}

function done(ctx: HttpContext, what: string) {
  ctx.session.flash('done', `conversations.done.${what}`)
  return ctx.response.redirect(`/portal/inbox/${String(ctx.params.id)}`)
}
