import { inTransaction } from '#core/database/in_transaction'
import { DateTime } from 'luxon'
import { consumeLink } from './access_links.js'
import User from './models/user.js'

/**
 * Confirms the address that a link was sent to.
 * @throws LinkInvalidError
 */
export async function confirmAddress(o: { token: string }): Promise<User> {
  return inTransaction(async (trx) => {
    const { subjectId } = await consumeLink({ purpose: 'confirm_address', token: o.token, trx })
    const user = await User.query({ client: trx }).where('id', subjectId).firstOrFail()
    user.confirmedAt ??= DateTime.now()
    return user.useTransaction(trx).save()
  })
}
