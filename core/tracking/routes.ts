import router from '@adonisjs/core/services/router'

const TrackingController = () => import('./controllers/tracking_controller.js')

/** Short addresses: they stand in every message */
export function registerTrackingRoutes(): void {
  router.get('/c/:token', [TrackingController, 'gone'])
  router.get('/u/:token', [TrackingController, 'askUnsubscribe'])
  router.post('/u/:token', [TrackingController, 'unsubscribe'])
  router.get('/y/:token', [TrackingController, 'askConsent'])
  router.post('/y/:token', [TrackingController, 'consent'])
  router.get('/w/:token', [TrackingController, 'view'])
}
