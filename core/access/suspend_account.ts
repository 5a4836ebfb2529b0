import Account from '#core/identity/models/account'

/**
 * Suspends a client company, or lets it back in. Its people can sign in and see why; they can do nothing.
 *
 * @throws E_ROW_NOT_FOUND
 */
export async function setAccountStatus(o: {
  accountId: string
  status: 'active' | 'suspended'
}): Promise<Account> {
  const account = await Account.findOrFail(o.accountId)
  return account.merge({ status: o.status }).save()
}
