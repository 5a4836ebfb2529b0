import addressparser from 'nodemailer/lib/addressparser'
import { isSafeAddress, type Mailbox } from './header_value.js'

/**
 * Reads mailboxes as people write them: `accueil@exemple.ci`, `"Éloïse, à l’accueil" <accueil@exemple.ci>`, several with
 * commas between them (RFC 5322 §3.4).
 *
 * @returns none when one of them is no address
 */
export function readMailboxes(text: string): Mailbox[] {
  const found = addressparser(text, { flatten: true })
  const whole = found.every((one) => isSafeAddress(one.address ?? ''))
  return whole ? found.map((one) => ({ name: one.name ?? '', address: one.address ?? '' })) : []
}
