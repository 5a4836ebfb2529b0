import { inTransaction } from '#core/database/in_transaction'
import { DateTime } from 'luxon'
import { sql } from '#core/database/sql'
import { COUNTRIES, type Country } from './countries.js'
import { AddressTakenError } from '../errors.js'
import Account from '../models/account.js'
import User from '../models/user.js'

/**
 * Creates a client company and the person who owns it, in one transaction.
 *
 * @param o.password in clear; the model hashes it
 * @param o.confirmed whether the owner's address is known to be theirs, for seeds and imports
 * @throws AddressTakenError when somebody signed up with this address before
 */
export async function createAccount(o: {
  company: string
  country: Country
  address?: string
  owner: { fullName: string; email: string; password: string; locale: string }
  confirmed?: boolean
  now: Date
}): Promise<{ account: Account; owner: User }> {
  const email = o.owner.email.trim().toLowerCase()
  return inTransaction(async (trx) => {
    if (await User.query({ client: trx }).where('email', email).first())
      throw new AddressTakenError('This address has an account')
    const account = await Account.create(
      {
        name: o.company,
        country: o.country,
        ...COUNTRIES[o.country],
        locale: o.owner.locale,
        address: o.address ?? '',
        status: 'active',
      },
      { client: trx }
    )
    const owner = await User.create(
      {
        email,
        password: o.owner.password,
        fullName: o.owner.fullName,
        locale: o.owner.locale,
        confirmedAt: o.confirmed ? DateTime.fromJSDate(o.now) : null,
      },
      { client: trx }
    )
    await sql(
      `insert into memberships (account_id, user_id, role) values ($1, $2, 'owner')`,
      [account.id, owner.id],
      trx
    )
    return { account, owner }
  })
}
