import { definePlugin } from '@griot/sdk'
import { brief } from './brief.js'
import { settings } from './settings.js'
import { closeLink, openLink, openSession, type Link, type Session } from './smtp/session.js'
import { sendBatch } from './smtp/send_batch.js'
import { checkRelay } from './smtp/check_relay.js'

/** E-mail over SMTP. One message a recipient, rendered by the kernel, built and signed here */
export default definePlugin({
  id: 'email',
  capabilities: ['tcp', 'secrets'],
  settings,

  channels: ({ messaging }) => ({
    email: messaging<typeof brief, Session, Link>({
      title: { fr: 'E-mail', en: 'E-mail' },
      description: {
        fr: 'Des messages personnalisés, avec désinscription en un clic et suivi des clics.',
        en: 'Personalised messages, with one-click unsubscribe and click tracking.',
      },
      units: { 'email.message': { title: { fr: 'e-mail', en: 'e-mail' } } },
      address: 'email',
      brief,
      content: {
        subject: { from: 'subject', as: 'line' },
        sender_name: { from: 'sender_name', as: 'line' },
        html: { from: 'template_id', as: 'html' },
        text: { from: 'template_id', as: 'text' },
      },
      limits: { batch: 40, concurrency: 2, perSecond: null, timeoutMs: 120_000 },
      idempotency: 'none',

      /** Every contact gets one message; what is rejected is not counted, so less is possible */
      estimator(_ctx, { audience }) {
        return {
          quantities: [
            {
              unit: 'email.message',
              minimum: 0,
              expected: audience.total,
              maximum: audience.total,
              because: {
                fr: 'Un e-mail par contact joignable',
                en: 'One e-mail for each reachable contact',
              },
            },
          ],
          assumptions: [
            {
              fr: 'Un message refusé n’est pas débité.',
              en: 'A rejected message is not charged.',
            },
          ],
        }
      },

      connect: (ctx) => openLink(ctx),
      prepare: (ctx, run, link) => openSession(ctx, run, link),
      send: (ctx, session, batch) => sendBatch(ctx, session, batch),
      disconnect: async (_ctx, link) => closeLink(link),
    }),
  }),

  simulators: {
    smtp: async () => (await import('./simulator/smtp_simulator.js')).smtpSimulator,
  },

  hooks: {
    check: (ctx) => checkRelay(ctx),
  },
})
