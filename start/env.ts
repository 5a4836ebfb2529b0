/*
| The environment, checked before anything else is read. `.env.example` says what each is for.
*/
import { Env } from '@adonisjs/core/env'
import { APP_ROOT } from '#core/database/app_root'

export default await Env.create(APP_ROOT, {
  NODE_ENV: Env.schema.enum(['development', 'production', 'test'] as const),
  HOST: Env.schema.string.optional({ format: 'host' }),
  PORT: Env.schema.number.optional(),
  APP_URL: Env.schema.string.optional({ format: 'url', tld: false }),
  APP_KEY: Env.schema.string.optional(),
  LOG_LEVEL: Env.schema.enum.optional([
    'fatal',
    'error',
    'warn',
    'info',
    'debug',
    'trace',
    'silent',
  ] as const),
  DATABASE_URL: Env.schema.string.optional(),
  SESSION_DRIVER: Env.schema.enum.optional(['database', 'memory'] as const),

  SCHEDULE_GRACE_HOURS: Env.schema.number.optional(),

  SANDBOX: Env.schema.boolean.optional(),
  SANDBOX_SMTP_PORT: Env.schema.number.optional(),
  SAFE_MODE: Env.schema.boolean.optional(),

  MAIL_HOST: Env.schema.string.optional(),
  MAIL_PORT: Env.schema.number.optional(),
  MAIL_USERNAME: Env.schema.string.optional(),
  MAIL_PASSWORD: Env.schema.string.optional(),
  MAIL_FROM: Env.schema.string.optional(),

  BUNDLED_THEMES: Env.schema.string.optional(),

  METRICS_TOKEN: Env.schema.string.optional(),
  RETENTION_DAYS: Env.schema.number.optional(),

  UNLEASH_URL: Env.schema.string.optional(),
  UNLEASH_TOKEN: Env.schema.string.optional(),
})
