import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig, targets } from '@adonisjs/core/logger'

export default defineConfig({
  default: 'app',
  loggers: {
    app: {
      enabled: true,
      name: 'griot',
      level: env.get('LOG_LEVEL') ?? (app.inTest ? 'fatal' : 'info'),
      redact: {
        paths: ['password', '*.password', 'secret', '*.secret', 'authorization', 'cookie'],
        censor: '•••',
      },
      transport: app.inProduction || app.inTest ? undefined : { targets: [targets.pretty()] },
    },
  },
})
