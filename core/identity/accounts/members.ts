import { inTransaction } from '#core/database/in_transaction'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import type { Role } from './role.js'
import { endSessions } from '../sessions/sessions.js'
import { LastOwnerError, MemberUnknownError } from '../errors.js'

export type Member = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly confirmed: boolean
  readonly since: Date
}

/** The people of an account: owners first, then by name */
export async function membersOf(accountId: string): Promise<Member[]> {
  return sql<Member>(
    `select u.id, u.full_name "name", u.email, m.role, u.confirmed_at is not null "confirmed",
      m.created_at "since"
     from memberships m join users u on u.id = m.user_id where m.account_id = $1::uuid
     order by array_position(array['owner', 'manager', 'reader'], m.role), lower(u.full_name),
       u.id`,
    [accountId]
  )
}

/**
 * Gives a member another role. Their sessions end, so that nothing open goes on with the old one.
 *
 * @throws MemberUnknownError, and LastOwnerError when nobody would be left to manage the account
 */
export async function changeRole(o: {
  accountId: string
  userId: string
  role: Role
  /** Session of the browser in which this is done */
  except?: string
}): Promise<void> {
  await inTransaction(async (trx) => {
    const role = await lockedRole({ ...o, trx })
    if (role === 'owner' && o.role !== 'owner') await refuseLastOwner(o.accountId, trx)
    await sql(
      `update memberships set role = $3 where account_id = $1::uuid and user_id = $2::uuid`,
      [o.accountId, o.userId, o.role],
      trx
    )
  })
  await endSessions({ guard: 'portal', personId: o.userId, except: o.except })
}

/**
 * Takes somebody out of an account, and ends their sessions. Their user stays: it may belong to other accounts.
 *
 * @throws MemberUnknownError, and LastOwnerError when nobody would be left to manage the account
 */
export async function removeMember(o: {
  accountId: string
  userId: string
  /** Session of the browser in which this is done */
  except?: string
}): Promise<void> {
  await inTransaction(async (trx) => {
    if ((await lockedRole({ ...o, trx })) === 'owner') await refuseLastOwner(o.accountId, trx)
    await sql(
      `delete from memberships where account_id = $1::uuid and user_id = $2::uuid`,
      [o.accountId, o.userId],
      trx
    )
  })
  await endSessions({ guard: 'portal', personId: o.userId, except: o.except })
}

/** The account is locked, so two owners cannot leave at the same moment */
async function lockedRole(o: {
  accountId: string
  userId: string
  trx: QueryClientContract
}): Promise<Role> {
  await sql('select id from accounts where id = $1::uuid for no key update', [o.accountId], o.trx)
  const [row] = await sql<{ role: Role }>(
    'select role from memberships where account_id = $1::uuid and user_id = $2::uuid',
    [o.accountId, o.userId],
    o.trx
  )
  if (!row) throw new MemberUnknownError('Nobody of this account has this id')
  return row.role
}

async function refuseLastOwner(accountId: string, trx: QueryClientContract) {
  const owners = await sql(
    `select user_id from memberships where account_id = $1::uuid and role = 'owner'`,
    [accountId],
    trx
  )
  if (owners.length < 2) throw new LastOwnerError('An account keeps one owner at least')
}
