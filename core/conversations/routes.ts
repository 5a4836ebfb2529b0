import router from '@adonisjs/core/services/router'
import { pageFacts } from '#core/http/pages/page_facts'
import { middleware } from '#start/kernel'
import { countUnread } from './list_conversations.js'

const Inbox = () => import('./controllers/portal_inbox_controller.js')
const OptWords = () => import('./controllers/admin_opt_words_controller.js')

/** The inbox in the portal; the words by which people leave in the admin */
export function registerConversationRoutes(): void {
  /** Beside its entry in the navigation */
  pageFacts.add('unread', (ctx) => (ctx.portal ? countUnread(ctx.portal.account.id) : null))

  router
    .group(() => {
      router.get('/', [Inbox, 'index'])
      router.get('/:id', [Inbox, 'show'])
      router.post('/:id/note', [Inbox, 'note'])
      router.post('/:id/assign', [Inbox, 'assign'])
      router.post('/:id/close', [Inbox, 'close'])
      router.post('/:id/reopen', [Inbox, 'reopen'])
    })
    .prefix('/portal/inbox')
    .use(middleware.portal())

  router
    .group(() => {
      router.get('/', [OptWords, 'index'])
      router.post('/', [OptWords, 'store'])
      router.post('/:id/remove', [OptWords, 'destroy'])
    })
    .prefix('/admin/opt-words')
    .use(middleware.admin())
}
