import app from '@adonisjs/core/services/app'
import router from '@adonisjs/core/services/router'

const PreferencesController = () => import('./controllers/preferences_controller.js')
const ComponentsController = () => import('./controllers/admin_components_controller.js')

/**
 * The language and the colours, which anybody may change anywhere; and, outside production, the page of components.
 */
export function registerHttpRoutes(): void {
  router.post('/locale', [PreferencesController, 'locale']).as('preferences.locale')
  router.post('/colour-mode', [PreferencesController, 'colourMode']).as('preferences.colour_mode')

  if (!app.inProduction) {
    router.get('/admin/_components', [ComponentsController, 'show']).as('admin.components')
  }
}
