import { inListOrAll } from '../lists/in_list.js'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'

/** What an account says of many people at once, kept as proof of their consent */
export type ConsentDeclaration = {
  /** How they agreed: "signed at the till", "form of the shop's site" */
  readonly how: string
  /** The day on which they did, ISO 8601; null when it is not one day */
  readonly givenOn: string | null
}

/**
 * Records a declaration. Contacts that owe their consent to it name it in `consent_source` as `declaration:<id>`.
 *
 * @returns its id
 */
export async function recordDeclaration(o: {
  accountId: string
  declaration: ConsentDeclaration
  userId: string | null
  trx: TransactionClientContract
}): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `insert into consent_declarations (account_id, created_by, how, given_on)
     values ($1, $2, $3, $4::date) returning id`,
    [o.accountId, o.userId, o.declaration.how, o.declaration.givenOn],
    o.trx
  )
  if (!row) throw new Error('A declaration of consent was not written')
  return row.id
}

/**
 * Grants consent to everybody of an account, or of one list, who was never asked. Who refused stays refused, and
 * suppressed addresses stay suppressed.
 *
 * @param o.listId members of this list only; null for all contacts
 * @returns how many people it was granted to
 * @throws E_ROW_NOT_FOUND when the account has no such list
 */
export async function declareConsent(o: {
  accountId: string
  listId: string | null
  declaration: ConsentDeclaration
  by: Actor
}): Promise<number> {
  return inTransaction(async (trx) => {
    const id = await recordDeclaration({
      accountId: o.accountId,
      declaration: o.declaration,
      userId: o.by.kind === 'user' ? o.by.id : null,
      trx,
    })
    const granted = await sql<{ count: number }>(
      `with granted as (
         update contacts c set consent = 'granted', consent_source = 'declaration:' || $2::text,
           consent_at = now(), updated_at = now()
         where c.account_id = $1::uuid and c.consent = 'unknown' and ${inListOrAll('$3')}
         returning 1)
       select count(*)::int count from granted`,
      [o.accountId, id, o.listId],
      trx
    )
    const count = granted[0]?.count ?? 0
    await sql('update consent_declarations set contacts = $2 where id = $1::uuid', [id, count], trx)
    return count
  })
}

/** A day of a form as ISO 8601; null when none was given */
export function isoDay(day: Date | undefined | null): string | null {
  return day ? day.toISOString().slice(0, 10) : null
}

/** How many contacts of an account, or of one list, were never asked */
export async function countUnasked(o: {
  accountId: string
  listId: string | null
}): Promise<number> {
  const [row] = await sql<{ count: number }>(
    `select count(*)::int count from contacts c
     where c.account_id = $1::uuid and c.consent = 'unknown' and ${inListOrAll('$2')}`,
    [o.accountId, o.listId]
  )
  return row?.count ?? 0
}

/** A declaration of the account by its id; null when there is none */
export async function findDeclaration(o: {
  accountId: string
  id: string
}): Promise<{ how: string; givenOn: Date | null; createdAt: Date } | null> {
  const [row] = await sql<{ how: string; givenOn: Date | null; createdAt: Date }>(
    `select how, given_on "givenOn", created_at "createdAt" from consent_declarations
     where account_id = $1::uuid and id = $2::uuid`,
    [o.accountId, o.id]
  )
  return row ?? null
}
