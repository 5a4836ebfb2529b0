import { inTransaction } from '#core/database/in_transaction'
import { DateTime } from 'luxon'
import { consumeLink } from '../mail/access_links.js'
import User from '../models/user.js'

/**
 * Confirms the address that a link was sent to.
 * @throws LinkInvalidError
 */
export async function confirmAddress(o: { token: string; now: Date }): Promise<User> {
  return inTransaction(async (trx) => {
    const { subjectId } = await consumeLink({ ...o, purpose: 'confirm_address', trx })
    const user = await User.query({ client: trx }).where('id', subjectId).firstOrFail()
    user.confirmedAt ??= DateTime.fromJSDate(o.now)
    return user.useTransaction(trx).save()
  })
}
