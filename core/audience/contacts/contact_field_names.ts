import { sql } from '#core/database/sql'

/** Fields that every contact has */
export const COMMON_FIELDS = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'city',
  'country',
  'language',
] as const
/** Characters of a first name, a last name or a city, typed or imported */
export const NAME_LENGTH = 200
/** The newest contacts, whose own fields are looked at: the last imports */
const LOOKED_AT = 2_000

/**
 * Names of the fields that the contacts of an account have: those of everybody, and those that its imports brought.
 *
 * Rows in: the newest 2,000 contacts. Index: contacts by account and id.
 */
export async function contactFieldNames(accountId: string): Promise<readonly string[]> {
  const rows = await sql<{ name: string }>(
    `select distinct jsonb_object_keys(fields) name from (
       select fields from contacts where account_id = $1::uuid order by id desc limit ${LOOKED_AT}
     ) newest`,
    [accountId]
  )
  return [...new Set([...COMMON_FIELDS, ...rows.map((row) => row.name)])]
}
