import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Contacts = () => import('./controllers/portal_contacts_controller.js')
const Consents = () => import('./controllers/portal_consents_controller.js')
const Lists = () => import('./controllers/portal_lists_controller.js')
const Imports = () => import('./controllers/portal_imports_controller.js')
const Suppressions = () => import('./controllers/portal_suppressions_controller.js')

/** Contacts, lists, imports and oppositions in the portal */
export function registerAudienceRoutes(): void {
  router
    .group(() => {
      router.get('/lists', [Lists, 'index'])
      router.get('/lists/new', [Lists, 'new'])
      router.post('/lists', [Lists, 'store'])
      router.get('/lists/:id', [Lists, 'show'])
      router.post('/lists/:id', [Lists, 'rename'])
      router.post('/lists/:id/delete', [Lists, 'destroy'])

      router.get('/imports', [Imports, 'index'])
      router.get('/imports/new', [Imports, 'new'])
      router.post('/imports', [Imports, 'store']).use(middleware.upload())
      router.get('/imports/:id', [Imports, 'show'])
      router.post('/imports/:id/start', [Imports, 'start'])
      router.post('/imports/:id/abandon', [Imports, 'abandon'])
      router.get('/imports/:id/problems.csv', [Imports, 'problems'])

      router.get('/suppressions', [Suppressions, 'index'])
      router.post('/suppressions', [Suppressions, 'store'])
      router.post('/suppressions/remove', [Suppressions, 'destroy'])

      router.get('/', [Contacts, 'index'])
      router.get('/new', [Contacts, 'new'])
      router.get('/contacts.csv', [Contacts, 'export'])
      router.get('/consent', [Consents, 'new'])
      router.post('/consent', [Consents, 'store'])
      router.post('/', [Contacts, 'store'])
      router.get('/:id', [Contacts, 'show'])
      router.get('/:id/edit', [Contacts, 'edit'])
      router.post('/:id', [Contacts, 'update'])
      router.post('/:id/consent', [Contacts, 'consent'])
      router.post('/:id/delete', [Contacts, 'destroy'])
    })
    .prefix('/portal/contacts')
    .use(middleware.portal())
}
