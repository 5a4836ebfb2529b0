/*
| Middleware: what every request passes, and what routes name.
*/
import router from '@adonisjs/core/services/router'
import server from '@adonisjs/core/services/server'

server.errorHandler(() => import('#core/http/exception_handler'))

server.use([
  /** `npm run dev`: pages ask whether they are still the newest */
  ...(process.env.GRIOT_DEV ? [() => import('#core/http/middleware/dev_reload_middleware')] : []),
  () => import('#core/http/middleware/secure_headers_middleware'),
  () => import('#core/http/middleware/stray_bodies_middleware'),
  () => import('#core/http/middleware/static_files_middleware'),
  () => import('#core/http/middleware/compress_middleware'),
  () => import('#core/http/middleware/container_bindings_middleware'),
  () => import('@adonisjs/vite/vite_middleware'),
])

router.use([
  () => import('#core/http/middleware/bodies_middleware'),
  () => import('#core/http/middleware/sessions_middleware'),
  () => import('#core/http/middleware/detect_locale_middleware'),
  () => import('#core/http/middleware/unexpected_input_middleware'),
  () => import('@adonisjs/shield/shield_middleware'),
  () => import('@adonisjs/auth/initialize_auth_middleware'),
])

export const middleware = router.named({
  portal: () => import('#core/identity/middleware/portal_middleware'),
  admin: () => import('#core/identity/middleware/admin_middleware'),
  guest: () => import('#core/identity/middleware/guest_middleware'),
  draft: () => import('#core/campaigns/middleware/draft_middleware'),
  upload: () => import('#core/http/middleware/upload_middleware'),
})
