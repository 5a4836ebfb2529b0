import { createHash, randomBytes } from 'node:crypto'
import { DateTime } from 'luxon'
import { appUrl } from '#config/app'
import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'
import {
  AlreadyMemberError,
  InvitationElsewhereError,
  LinkInvalidError,
  MemberUnknownError,
} from '../errors.js'
import User from '../models/user.js'
import type { Role } from './role.js'
import { sendLinkMail } from '../mail/send_link_mail.js'

/** Days for which an invitation can be accepted */
const DAYS = 7

export type OpenInvitation = {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly expiresAt: Date
}

export type Invitation = {
  readonly id: string
  readonly accountId: string
  readonly accountName: string
  readonly email: string
  readonly fullName: string
  readonly role: Role
  /** Who invited; null when they are gone */
  readonly by: string | null
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

/** Invitations of an account that nobody has accepted yet, also those that are too old */
export async function openInvitations(accountId: string): Promise<OpenInvitation[]> {
  return sql<OpenInvitation>(
    `select id, email, full_name "name", role, expires_at "expiresAt" from invitations
      where account_id = $1::uuid and accepted_at is null order by lower(full_name), id`,
    [accountId]
  )
}

/**
 * Asks somebody into an account, by a mail with a link that works for days. Nothing is theirs, and nothing changes for them, before they
 * accept. An open invitation to the same address is replaced, and its link ends. Says nothing of whether the address is known.
 *
 * @throws AlreadyMemberError when a member of this account has the address
 * @throws the transport's error when the mail cannot be handed over; the invitation stands and can be sent again
 */
export async function invite(o: {
  account: { readonly id: string; readonly name: string }
  by: { readonly id: string; readonly fullName: string }
  email: string
  fullName: string
  role: Role
  locale: string
  now: Date
}): Promise<void> {
  const email = o.email.trim().toLowerCase()
  const token = randomBytes(32).toString('base64url')
  await inTransaction(async (trx) => {
    const [member] = await sql(
      `select 1 from memberships m join users u on u.id = m.user_id where m.account_id = $1::uuid
        and u.email = $2`,
      [o.account.id, email],
      trx
    )
    if (member) throw new AlreadyMemberError(email)
    await sql(
      `insert into invitations (account_id, email, full_name, role, locale, invited_by, token_hash,
        expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz)
       on conflict (account_id, email) where accepted_at is null do update
         set full_name = excluded.full_name, role = excluded.role, locale = excluded.locale,
           invited_by = excluded.invited_by,
             token_hash = excluded.token_hash, expires_at = excluded.expires_at,
               created_at = now()`,
      [
        o.account.id,
        email,
        o.fullName,
        o.role,
        o.locale,
        o.by.id,
        hashOf(token),
        DateTime.fromJSDate(o.now).plus({ days: DAYS }).toISO(),
      ],
      trx
    )
  })
  await sendLinkMail({
    what: 'invitation',
    person: { email, fullName: o.fullName, locale: o.locale },
    link: `${appUrl}/invitations/${token}`,
    data: { by: o.by.fullName, account: o.account.name },
  })
}

/**
 * Takes an invitation back: its link works no more.
 *
 * @throws MemberUnknownError when it was accepted or taken back, or is another account's
 */
export async function withdrawInvitation(o: { accountId: string; id: string }): Promise<void> {
  const gone = await sql(
    `delete from invitations
      where account_id = $1::uuid and id = $2::uuid and accepted_at is null returning 1`,
    [o.accountId, o.id]
  )
  if (gone.length === 0) throw new MemberUnknownError('No such open invitation')
}

/** @throws LinkInvalidError when it was accepted, was taken back, is too old, or never was */
export async function lookAtInvitation(o: { token: string; now: Date }): Promise<Invitation> {
  const [invitation] = await sql<Invitation>(`${OPEN} and i.expires_at > $2::timestamptz`, [
    hashOf(o.token),
    o.now.toISOString(),
  ])
  if (!invitation) throw new LinkInvalidError('The invitation was used, is too old, or never was')
  return invitation
}

const OPEN = `select i.id, i.account_id "accountId", a.name "accountName", i.email,
  i.full_name "fullName", i.role, u.full_name "by"
  from invitations i join accounts a on a.id = i.account_id left join users u on u.id = i.invited_by
 where i.token_hash = $1 and i.accepted_at is null`

/** Whether somebody has the address of an invitation: they sign in to accept it, others choose a password */
export async function hasUser(invitation: Pick<Invitation, 'email'>): Promise<boolean> {
  return (await User.findBy('email', invitation.email)) !== null
}

/**
 * Accepts an invitation: the membership begins, and the account becomes the one that the person works in. It works once, also when two
 * press at the same time. The link came to the address, so it proves it.
 *
 * @param o.as who is signed in, when somebody is
 * @param o.person who is new here: a name and a password
 * @throws LinkInvalidError
 * @throws InvitationElsewhereError when somebody else is signed in, or an existing person is not
 */
export async function acceptInvitation(o: {
  token: string
  as: User | null
  person: { fullName: string; password: string; locale: string } | null
  now: Date
}): Promise<User> {
  const { email } = await lookAtInvitation(o)
  return inTransaction(async (trx) => {
    const [taken] = await sql<{ account_id: string; role: Role }>(
      `update invitations set accepted_at = $2::timestamptz
        where token_hash = $1 and accepted_at is null and expires_at > $2::timestamptz
          returning account_id, role`,
      [hashOf(o.token), o.now.toISOString()],
      trx
    )
    if (!taken) throw new LinkInvalidError('The invitation was used')
    const known = await User.query({ client: trx }).where('email', email).first()
    if (o.as ? o.as.email !== email : known !== null) throw new InvitationElsewhereError(email)
    const user =
      known ??
      (o.person
        ? await User.create({ ...o.person, email, confirmedAt: null }, { client: trx })
        : null)
    if (!user) throw new InvitationElsewhereError(email)
    await sql(
      `insert into memberships (account_id, user_id, role) values ($1, $2, $3) on conflict
        do nothing`,
      [taken.account_id, user.id, taken.role],
      trx
    )
    return user
      .useTransaction(trx)
      .merge({
        chosenAccountId: taken.account_id,
        confirmedAt: user.confirmedAt ?? DateTime.fromJSDate(o.now),
      })
      .save()
  })
}
