import type { Asked } from '#core/audience/audience_facts'
import { sql } from '#core/database/sql'

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
      where account_id = $1::uuid and (rules ->> 'asksConsent')::boolean and id is distinct from $2::int`,
    [o.accountId, o.except ?? null]
  )
  return runs.map((run) => run.id)
}

/** Condition for people whom one of these runs has asked */
export function askedBy(runIds: readonly number[]): Asked {
  return {
    runIds,
    asked: (placeholder, address) =>
      `exists (select 1 from deliveries d
         where d.run_id = any(${placeholder}::int[]) and d.address = ${address} and d.state <> 'excluded')`,
  }
}
