import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Asked } from '#core/audience/audience_facts'
import { sql } from '#core/database/sql'
import { newcomersTo } from './newcomers.js'

/**
 * The runs of an account that asked for consent. A person is asked once, whatever the campaign and the list.
 *
 * Rows in: those runs, by an index of their own.
 *
 * @param o.except a run that does not count: the one that is about to ask
 */
export async function runsThatAsked(o: {
  accountId: string
  except?: number
}): Promise<readonly number[]> {
  const runs = await sql<{ id: number }>(
    `select id from campaign_runs
      where account_id = $1::uuid and (rules ->> 'asksConsent')::boolean and id is distinct
        from $2::int`,
    [o.accountId, o.except ?? null]
  )
  return runs.map((run) => run.id)
}

/** Condition for people whom one of these runs has asked: whom it has reached */
export function askedBy(runIds: readonly number[]): Asked {
  return { runIds, asked: newcomersTo(runIds).reached }
}

/**
 * Whether another request of the account is being expanded: the people of the two would not be seen by one another. Whoever asks
 * next in another transaction waits for this one.
 */
export async function isRequestExpanding(o: {
  accountId: string
  trx: TransactionClientContract
}): Promise<boolean> {
  await sql(
    `select pg_advisory_xact_lock(hashtextextended('consent request ' || $1::text, 0))`,
    [o.accountId],
    o.trx
  )
  const found = await sql(
    `select 1 from campaign_runs
      where account_id = $1::uuid and (rules ->> 'asksConsent')::boolean and state = 'expanding'
        limit 1`,
    [o.accountId],
    o.trx
  )
  return found.length > 0
}
