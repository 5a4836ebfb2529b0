import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig, stores } from '@adonisjs/session'
import { appUrl } from '#config/app'

/**
 * Sessions are rows: one that was ended (sign-out, a new password, a suspension) is over everywhere, whoever has a copy of its cookie.
 */
export default defineConfig({
  enabled: true,
  cookieName: 'griot_session',
  clearWithBrowser: false,
  age: '8h',
  cookie: {
    path: '/',
    httpOnly: true,
    secure: app.inProduction && appUrl.startsWith('https:'),
    sameSite: 'lax',
  },
  store: env.get('SESSION_DRIVER') ?? 'database',
  stores: { database: stores.database({ connectionName: 'pg', tableName: 'sessions' }) },
})
