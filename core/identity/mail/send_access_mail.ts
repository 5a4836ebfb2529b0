import { appUrl } from '#config/app'
import { issueLink, type Guard, type LinkPurpose } from './access_links.js'
import { sendLinkMail } from './send_link_mail.js'

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
  now: Date
}): Promise<void> {
  const { purpose, guard, now } = o
  const token = await issueLink({ purpose, guard, subjectId: o.person.id, now })
  await sendLinkMail({
    what: o.purpose,
    person: o.person,
    link: `${appUrl}${PATHS[o.purpose]}/${token}`,
  })
}
