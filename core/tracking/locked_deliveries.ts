import type pg from 'pg'

/** What of a delivery decides how its events are counted; the row is locked until the transaction ends */
export type LockedDelivery = {
  readonly runId: number
  readonly seq: number
  readonly state: string
  readonly destination: string
  readonly outcomeAt: Date | null
  readonly firstOpenedAt: Date | null
  readonly firstClickedAt: Date | null
  readonly openedVerified: boolean
}

/** A delivery that may change, and what would change it */
export type Wanted = {
  readonly runId: number
  readonly seq: number
  /** Its events are judged or counted together, so nobody else may do so meanwhile */
  readonly always: boolean
  /** First opening among the new ones that is no machine's */
  readonly openedAt: Date | null
  /** Whether one of those is certainly a person's */
  readonly verified: boolean
}

/** Milliseconds from acceptance to a hit; 0 when the hit came before the answer of the far side was written */
export function sinceAccepted(
  delivery: Pick<LockedDelivery, 'state' | 'outcomeAt'>,
  at: Date
): number | null {
  if (delivery.state === 'handing_over' || delivery.state === 'leased') return 0
  if (!delivery.outcomeAt || !ACCEPTED.has(delivery.state)) return null
  return Math.max(0, Math.min(at.getTime() - delivery.outcomeAt.getTime(), 2_147_483_647))
}

const ACCEPTED: ReadonlySet<string> = new Set(['accepted', 'delivered', 'bounced'])

/**
 * Locks the deliveries that these events can change, in the one order that everybody keeps. Openings of somebody who is known
 * to have opened lock nothing.
 *
 * Rows in: the deliveries of one batch, up to 5,000. Index: primary key. 5,000 first openings: about 25 ms.
 */
export async function lockDeliveries(
  client: pg.PoolClient,
  wanted: readonly Wanted[]
): Promise<LockedDelivery[]> {
  if (wanted.length === 0) return []
  const { rows } = await client.query<LockedDelivery>({
    name: 'lock_deliveries',
    text: `select d.run_id "runId", d.seq, d.state, d.destination, d.outcome_at "outcomeAt", d.first_opened_at "firstOpenedAt",
                  d.first_clicked_at "firstClickedAt", d.opened_verified "openedVerified"
             from unnest($1::int[], $2::int[], $3::bool[], $4::timestamptz[], $5::bool[]) v(run_id, seq, always, opened_at, verified)
             join deliveries d on d.run_id = v.run_id and d.seq = v.seq
            where v.always or (v.opened_at is not null and (d.first_opened_at is null or d.first_opened_at > v.opened_at or (v.verified and not d.opened_verified)))
            order by d.run_id, d.seq for no key update of d`,
    values: [
      wanted.map((one) => one.runId),
      wanted.map((one) => one.seq),
      wanted.map((one) => one.always),
      wanted.map((one) => one.openedAt),
      wanted.map((one) => one.verified),
    ],
  })
  return rows
}

/** What becomes of a locked delivery; fields that stay are left out */
export type DeliveryChange = {
  readonly runId: number
  readonly seq: number
  readonly state: string
  readonly firstOpenedAt: Date | null
  readonly firstClickedAt: Date | null
  readonly openedVerified: boolean
}

/** Rows in: locked ones that changed. Index: primary key; no indexed column moves, so the rows stay in their page */
export async function writeDeliveries(
  client: pg.PoolClient,
  changes: readonly DeliveryChange[]
): Promise<void> {
  if (changes.length === 0) return
  await client.query({
    name: 'mark_deliveries',
    text: `update deliveries d set state = v.state, first_opened_at = v.opened_at, first_clicked_at = v.clicked_at, opened_verified = v.verified
             from unnest($1::int[], $2::int[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bool[]) v(run_id, seq, state, opened_at, clicked_at, verified)
            where d.run_id = v.run_id and d.seq = v.seq`,
    values: [
      changes.map((one) => one.runId),
      changes.map((one) => one.seq),
      changes.map((one) => one.state),
      changes.map((one) => one.firstOpenedAt),
      changes.map((one) => one.firstClickedAt),
      changes.map((one) => one.openedVerified),
    ],
  })
}
