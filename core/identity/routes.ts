import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Signup = () => import('./controllers/signup_controller.js')
const Session = () => import('./controllers/session_controller.js')
const AdminSession = () => import('./controllers/admin_session_controller.js')
const Invitation = () => import('./controllers/invitation_controller.js')
const Password = () => import('./controllers/password_controller.js')

export function registerIdentityRoutes(): void {
  router.get('/signup', [Signup, 'show']).use(middleware.guest())
  router.post('/signup', [Signup, 'store']).use(middleware.guest())
  router.get('/confirm', [Signup, 'pending'])
  router.post('/confirm', [Signup, 'again'])
  router.get('/confirm/:token', [Signup, 'ask'])
  router.post('/confirm/:token', [Signup, 'confirm'])

  router.get('/signin', [Session, 'show']).use(middleware.guest())
  router.post('/signin', [Session, 'store']).use(middleware.guest())
  router.post('/signout', [Session, 'destroy'])
  router.post('/portal/switch', [Session, 'switch']).use(middleware.portal())

  router.get('/invitations/:token', [Invitation, 'show'])
  router.post('/invitations/:token', [Invitation, 'accept'])

  router.get('/password/forgot', [Password, 'forgot'])
  router.post('/password/forgot', [Password, 'send'])
  router.get('/password/reset/:token', [Password, 'show'])
  router.post('/password/reset/:token', [Password, 'reset'])

  router.get('/admin/signin', [AdminSession, 'show']).use(middleware.guest({ guard: 'admin' }))
  router.post('/admin/signin', [AdminSession, 'store']).use(middleware.guest({ guard: 'admin' }))
  router.post('/admin/signout', [AdminSession, 'destroy'])
}
