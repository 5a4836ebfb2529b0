import mail from '@adonisjs/mail/services/main'
import i18nManager from '@adonisjs/i18n/services/main'

/**
 * Sends one of the platform's own mails: a sentence, a button, how long it works, in the person's language.
 *
 * @param o.what which: its words stand under `identity.mail.<what>`
 * @param o.data values of its words
 * @throws the transport's error when the mail cannot be handed over
 */
export async function sendLinkMail(o: {
  what: string
  person: { email: string; fullName: string; locale: string }
  link: string
  data?: Readonly<Record<string, string>>
}): Promise<void> {
  const { person, link, data } = o
  const i18n = i18nManager.locale(person.locale)
  const words = (key: string) => i18n.t(`identity.mail.${o.what}.${key}`, data)
  const model = {
    locale: person.locale,
    subject: words('subject'),
    greeting: i18n.t('identity.mail.greeting', { name: person.fullName }),
    text: words('text'),
    button: words('button'),
    expiry: words('expiry'),
    ignore: i18n.t('identity.mail.ignore'),
    link,
  }
  await mail.send((message) => {
    message
      .to(person.email)
      .subject(model.subject)
      .htmlView('mail/access', model)
      .textView('mail/access_text', model)
  })
}
