import { appUrl } from '#config/app'
import { sendLinkMail } from './send_link_mail.js'

/** Tells somebody that a company was to be signed up with their address, which has an account already */
export async function sendKnownMail(person: {
  email: string
  fullName: string
  locale: string
}): Promise<void> {
  await sendLinkMail({ what: 'known', person, link: `${appUrl}/signin` })
}
