import { createAccount } from './create_account.js'
import { AddressTakenError } from '../errors.js'
import { limitMails } from '../mail/limit_mails.js'
import User from '../models/user.js'
import { sendAccessMail } from '../mail/send_access_mail.js'
import { sendKnownMail } from '../mail/send_known_mail.js'

/**
 * Signs a company up, and writes to the address of its owner: a link that confirms it or, where somebody has the address already, that
 * they do and what to do.
 *
 * @throws the transport's error when the mail cannot be handed over; the account is there all the same
 */
export async function signUp(o: Parameters<typeof createAccount>[0]): Promise<void> {
  const { email } = o.owner
  try {
    const { owner } = await createAccount(o)
    await limitMails({ purpose: 'confirm_address', email })
    await sendAccessMail({ purpose: 'confirm_address', guard: 'portal', person: owner, now: o.now })
  } catch (error) {
    if (!(error instanceof AddressTakenError)) throw error
    const known = await User.findByOrFail('email', email.trim().toLowerCase())
    if (await limitMails({ purpose: 'known', email })) await sendKnownMail(known)
  }
}
