import { membersOf } from '#core/identity/accounts/members'
import Account from '#core/identity/models/account'
import { endSessions } from '#core/identity/sessions/sessions'

/**
 * Suspends a client company, or lets it back in. Its people are signed out;
 * they can sign in and see why, and do nothing.
 *
 * @throws E_ROW_NOT_FOUND
 */
export async function setAccountStatus(o: {
  accountId: string
  status: 'active' | 'suspended'
}): Promise<Account> {
  const account = await Account.findOrFail(o.accountId)
  await account.merge({ status: o.status }).save()
  if (o.status === 'suspended')
    for (const { id } of await membersOf(o.accountId))
      await endSessions({ guard: 'portal', personId: id })
  return account
}
