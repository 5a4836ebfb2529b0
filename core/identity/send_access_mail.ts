import mail from '@adonisjs/mail/services/main'
import i18nManager from '@adonisjs/i18n/services/main'
import { appUrl } from '#config/app'
import { issueLink, type Guard, type LinkPurpose } from './access_links.js'

const PATHS: Readonly<Record<LinkPurpose, string>> = {
  confirm_address: '/confirm',
  reset_password: '/password/reset',
}

/**
 * Sends the mail with a link that confirms an address or resets a password, in the person's language.
 *
 * @throws the transport's error when the mail cannot be handed over; the caller tells the person
 */
export async function sendAccessMail(o: {
  purpose: LinkPurpose
  guard: Guard
  person: { id: string; email: string; fullName: string; locale: string }
}): Promise<void> {
  const token = await issueLink({ purpose: o.purpose, guard: o.guard, subjectId: o.person.id })
  const i18n = i18nManager.locale(o.person.locale)
  const words = (key: string, data?: Record<string, unknown>) =>
    i18n.t(`identity.mail.${o.purpose}.${key}`, data)
  const link = `${appUrl}${PATHS[o.purpose]}/${token}`
  const model = {
    locale: o.person.locale,
    subject: words('subject'),
    greeting: i18n.t('identity.mail.greeting', { name: o.person.fullName }),
    text: words('text'),
    button: words('button'),
    expiry: words('expiry'),
    ignore: i18n.t('identity.mail.ignore'),
    link,
  }
  await mail.send((message) => {
    message
      .to(o.person.email)
      .subject(model.subject)
      .htmlView('mail/access', model)
      .textView('mail/access_text', model)
  })
}
