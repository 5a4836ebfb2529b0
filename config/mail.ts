import env from '#start/env'
import { defineConfig, transports } from '@adonisjs/mail'
import type { InferMailers } from '@adonisjs/mail/types'

/*
| The platform's own mail: confirmations, password resets. Campaign mail never goes this way.
*/
const user = env.get('MAIL_USERNAME')
const mailConfig = defineConfig({
  default: 'smtp',
  from: { address: env.get('MAIL_FROM') ?? 'bonjour@griot.localhost', name: 'Griot' },
  mailers: {
    smtp: transports.smtp({
      host: env.get('MAIL_HOST') ?? '127.0.0.1',
      port: env.get('MAIL_PORT') ?? env.get('SANDBOX_SMTP_PORT') ?? 2525,
      ignoreTLS: !user,
      ...(user
        ? { auth: { type: 'login' as const, user, pass: env.get('MAIL_PASSWORD') ?? '' } }
        : {}),
    }),
  },
})

export default mailConfig

declare module '@adonisjs/mail/types' {
  export interface MailersList extends InferMailers<typeof mailConfig> {}
}
