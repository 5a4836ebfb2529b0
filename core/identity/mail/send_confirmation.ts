import { limitMails } from './limit_mails.js'
import User from '../models/user.js'
import { sendAccessMail } from './send_access_mail.js'

/** Sends the link that confirms an address once more; to nobody when it is confirmed, unknown, or had enough */
export async function sendConfirmation(o: { email: string; now: Date }): Promise<void> {
  const { email, now } = o
  const user = await User.findBy('email', email)
  if (!user || user.confirmedAt) return
  if (await limitMails({ purpose: 'confirm_address', email }))
    await sendAccessMail({ purpose: 'confirm_address', guard: 'portal', person: user, now })
}
