import { inTransaction } from '#core/database/in_transaction'
import { DateTime } from 'luxon'
import { consumeLink, type Guard } from '../mail/access_links.js'
import StaffMember from '../models/staff_member.js'
import User from '../models/user.js'

/**
 * Sets a new password through a link. Having received the link also proves the address. Whoever is signed in as the person is to be
 * signed out: see `endSessions`.
 *
 * @returns who it is, and of which face
 * @throws LinkInvalidError
 */
export async function resetPassword(o: {
  token: string
  password: string
  now: Date
}): Promise<{ guard: Guard; personId: string }> {
  return inTransaction(async (trx) => {
    const { guard, subjectId } = await consumeLink({
      purpose: 'reset_password',
      token: o.token,
      now: o.now,
      trx,
    })
    if (guard === 'admin') {
      const staff = await StaffMember.query({ client: trx }).where('id', subjectId).firstOrFail()
      await staff.useTransaction(trx).merge({ password: o.password }).save()
    } else {
      const user = await User.query({ client: trx }).where('id', subjectId).firstOrFail()
      await user
        .useTransaction(trx)
        .merge({
          password: o.password,
          confirmedAt: user.confirmedAt ?? DateTime.fromJSDate(o.now),
        })
        .save()
    }
    return { guard, personId: subjectId }
  })
}
