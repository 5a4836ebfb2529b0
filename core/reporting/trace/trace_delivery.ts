import { sql } from '#core/database/sql'
import type { DeliveryKey } from './delivery_key.js'
import type { TracedStep } from './trace_steps.js'
import { stepsOfRecipient } from './steps_of_recipient.js'
import { stepsOfRun } from './steps_of_run.js'

export type Trace = {
  readonly key: string
  readonly address: string
  readonly account: string
  readonly campaign: string
  readonly state: string
  readonly steps: readonly TracedStep[]
}

/** Deliveries that are named when an address has several */
const NAMED = 20

/**
 * Keys of the deliveries to an address, the newest run first. For operators: over all accounts.
 *
 * Rows in: one of deliveries_address a run, from the newest on, until twenty are found.
 */
export async function deliveriesTo(address: string): Promise<DeliveryKey[]> {
  return sql<DeliveryKey>(
    `select r.id "runId", d.seq
       from campaign_runs r
       cross join lateral (select seq from deliveries where run_id = r.id and address = $1) d
      order by r.id desc limit ${NAMED}`,
    [address.trim().toLowerCase()]
  )
}

/**
 * The way of one recipient from the import to the report, in the order of the line: for operators who look for what became of a
 * message, and for developers who look for where it is decided. Reads only; the address is personal data.
 *
 * @returns null when there is no such delivery
 */
export async function traceDelivery(key: DeliveryKey): Promise<Trace | null> {
  const [found] = await sql<{ address: string; account: string; campaign: string; state: string }>(
    `select d.address, a.name account, r.campaign_name campaign, d.state
       from deliveries d join campaign_runs r on r.id = d.run_id
         join accounts a on a.id = r.account_id
      where d.run_id = $1 and d.seq = $2`,
    [key.runId, key.seq]
  )
  if (!found) return null
  const { before, after } = await stepsOfRun(key.runId)
  const recipient = await stepsOfRecipient(key)
  return {
    key: `${key.runId}.${key.seq}`,
    ...found,
    steps: [...recipient.before, ...before, ...recipient.during, ...after],
  }
}
