import { limitMails } from './limit_mails.js'
import StaffMember from '../models/staff_member.js'
import User from '../models/user.js'
import { sendAccessMail } from './send_access_mail.js'

/** Sends the link for a new password to whoever has the address, client, staff or both; to nobody when it is unknown or had enough */
export async function sendResetMails(o: { email: string; now: Date }): Promise<void> {
  const { email, now } = o
  const user = await User.findBy('email', email)
  const staff = await StaffMember.findBy('email', email)
  if (!user && (!staff || staff.disabledAt)) return
  if (!(await limitMails({ purpose: 'reset_password', email }))) return
  if (user) await sendAccessMail({ purpose: 'reset_password', guard: 'portal', person: user, now })
  if (staff && !staff.disabledAt)
    await sendAccessMail({ purpose: 'reset_password', guard: 'admin', person: staff, now })
}
