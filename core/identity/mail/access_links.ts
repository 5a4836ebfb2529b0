import { createHash, randomBytes } from 'node:crypto'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { LinkInvalidError } from '../errors.js'

export type LinkPurpose = 'confirm_address' | 'reset_password'
export type Guard = 'portal' | 'admin'

/** Hours for which a link works */
const HOURS: Readonly<Record<LinkPurpose, number>> = { confirm_address: 48, reset_password: 1 }

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

/**
 * Makes a link that works once and for a time. Only its hash is kept, so a copy of the database opens no door.
 *
 * @returns the token for the address in the mail
 */
export async function issueLink(o: {
  purpose: LinkPurpose
  guard: Guard
  subjectId: string
  now: Date
}): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await sql(
    `insert into access_links (purpose, guard, subject_id, token_hash, expires_at)
      values ($1, $2, $3, $4, $5::timestamptz + $6 * interval '1 hour')`,
    [o.purpose, o.guard, o.subjectId, hashOf(token), o.now.toISOString(), HOURS[o.purpose]]
  )
  return token
}

/**
 * Says whom a link is for, without using it: pages look, forms use.
 * @throws LinkInvalidError
 */
export async function lookAtLink(o: {
  purpose: LinkPurpose
  token: string
  now: Date
}): Promise<{ guard: Guard; subjectId: string }> {
  const [row] = await sql<{ guard: Guard; subject_id: string }>(
    `select guard, subject_id from access_links where token_hash = $1 and purpose = $2
      and used_at is null and expires_at > $3::timestamptz`,
    [hashOf(o.token), o.purpose, o.now.toISOString()]
  )
  if (!row) throw new LinkInvalidError('The link was used, is too old, or never was')
  return { guard: row.guard, subjectId: row.subject_id }
}

/**
 * Uses a link: it works once, also when two people press at the same time. Other links of the same purpose end with it.
 * @throws LinkInvalidError
 */
export async function consumeLink(o: {
  purpose: LinkPurpose
  token: string
  trx: QueryClientContract
  now: Date
}): Promise<{ guard: Guard; subjectId: string }> {
  const now = o.now.toISOString()
  const [row] = await sql<{ guard: Guard; subject_id: string }>(
    `update access_links set used_at = $3::timestamptz where token_hash = $1 and purpose = $2
      and used_at is null and expires_at > $3::timestamptz returning guard, subject_id`,
    [hashOf(o.token), o.purpose, now],
    o.trx
  )
  if (!row) throw new LinkInvalidError('The link was used, is too old, or never was')
  await sql(
    `update access_links set used_at = $3::timestamptz where subject_id = $1::uuid and purpose = $2
      and used_at is null`,
    [row.subject_id, o.purpose, now],
    o.trx
  )
  return { guard: row.guard, subjectId: row.subject_id }
}
