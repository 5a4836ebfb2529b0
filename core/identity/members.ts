import { inTransaction } from '#core/database/in_transaction'
import { randomBytes } from 'node:crypto'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import User from './models/user.js'
import { sendAccessMail } from './send_access_mail.js'
import type { Role } from './role.js'
import { AlreadyMemberError, LastOwnerError, MemberUnknownError } from './errors.js'

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
    `select u.id, u.full_name "name", u.email, m.role, u.confirmed_at is not null "confirmed", m.created_at "since"
     from memberships m join users u on u.id = m.user_id where m.account_id = $1::uuid
     order by array_position(array['owner', 'manager', 'reader'], m.role), lower(u.full_name), u.id`,
    [accountId]
  )
}

/**
 * Lets somebody into an account. Who has no user yet gets one and a mail with a link to choose a password.
 *
 * @returns whether a mail was sent
 * @throws AlreadyMemberError
 * @throws the transport's error when the mail cannot be handed over; the person is a member all the same
 */
export async function addMember(o: {
  accountId: string
  email: string
  fullName: string
  role: Role
  locale: string
}): Promise<{ invited: boolean }> {
  const email = o.email.trim().toLowerCase()
  const { user, invited } = await inTransaction(async (trx) => {
    const known = await User.query({ client: trx }).where('email', email).first()
    /** A password that nobody knows: only the link of the mail leads in */
    const person =
      known ??
      (await User.create(
        {
          email,
          fullName: o.fullName,
          locale: o.locale,
          password: randomBytes(24).toString('base64url'),
          confirmedAt: null,
        },
        { client: trx }
      ))
    const added = await sql(
      `insert into memberships (account_id, user_id, role) values ($1, $2, $3) on conflict do nothing returning user_id`,
      [o.accountId, person.id, o.role],
      trx
    )
    if (added.length === 0) throw new AlreadyMemberError(email)
    return { user: person, invited: known === null }
  })
  if (invited) await sendAccessMail({ purpose: 'reset_password', guard: 'portal', person: user })
  return { invited }
}

/**
 * Gives a member another role.
 *
 * @throws MemberUnknownError, and LastOwnerError when nobody would be left to manage the account
 */
export async function changeRole(o: {
  accountId: string
  userId: string
  role: Role
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
}

/**
 * Takes somebody out of an account. Their user stays: it may belong to other accounts.
 *
 * @throws MemberUnknownError, and LastOwnerError when nobody would be left to manage the account
 */
export async function removeMember(o: { accountId: string; userId: string }): Promise<void> {
  await inTransaction(async (trx) => {
    if ((await lockedRole({ ...o, trx })) === 'owner') await refuseLastOwner(o.accountId, trx)
    await sql(
      `delete from memberships where account_id = $1::uuid and user_id = $2::uuid`,
      [o.accountId, o.userId],
      trx
    )
  })
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
