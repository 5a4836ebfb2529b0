import type pg from 'pg'

type Delivery = { readonly runId: number; readonly seq: number }

/** What of a delivery decides how its events are counted; the row is locked until the transaction ends */
export type LockedDelivery = Delivery & {
  readonly state: string
  readonly destination: string
  readonly outcomeAt: Date | null
  readonly firstOpenedAt: Date | null
  readonly firstClickedAt: Date | null
  readonly openedVerified: boolean
}

const ACCEPTED: ReadonlySet<string> = new Set(['accepted', 'delivered', 'bounced'])
const LONGEST_MS = 2_147_483_647

/** Milliseconds from acceptance to a tracking event; 0 when the tracking event came before the answer of the far side was written */
export function sinceAccepted(
  delivery: Pick<LockedDelivery, 'state' | 'outcomeAt'>,
  at: Date
): number | null {
  if (delivery.state === 'handing_over' || delivery.state === 'leased') return 0
  if (!delivery.outcomeAt || !ACCEPTED.has(delivery.state)) return null
  return Math.max(0, Math.min(at.getTime() - delivery.outcomeAt.getTime(), LONGEST_MS))
}

/**
 * Locks deliveries in the one order that everybody keeps: by run, then by seq. Those that do not exist are left out.
 *
 * One statement a run: with the run as a constant only its partition is looked at, which a join over many runs cannot do.
 * Rows in: the deliveries of one batch, up to 2,500. Index: primary key. 5,000 of a million: about 40 ms.
 */
export async function lockDeliveries(
  client: pg.PoolClient,
  wanted: readonly Delivery[]
): Promise<LockedDelivery[]> {
  const locked: LockedDelivery[] = []
  for (const [runId, deliveries] of byRun(wanted)) {
    const { rows } = await client.query<Omit<LockedDelivery, 'runId'>>({
      name: 'lock_deliveries',
      text: `select seq, state, destination, outcome_at "outcomeAt",
        first_opened_at "firstOpenedAt", first_clicked_at "firstClickedAt",
        opened_verified "openedVerified"
               from deliveries where run_id = $1 and seq = any($2::int[]) order by seq
                 for no key update`,
      values: [runId, deliveries.map((delivery) => delivery.seq)],
    })
    for (const row of rows) locked.push({ runId, ...row })
  }
  return locked
}

/** What becomes of a locked delivery */
export type DeliveryChange = Delivery & {
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
  for (const [runId, rows] of byRun(changes))
    await client.query({
      name: 'mark_deliveries',
      text: `update deliveries d set state = v.state, first_opened_at = v.opened_at,
        first_clicked_at = v.clicked_at, opened_verified = v.verified
               from unnest($2::int[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                 $6::bool[]) v(seq, state, opened_at, clicked_at, verified)
              where d.run_id = $1 and d.seq = v.seq`,
      values: [
        runId,
        rows.map((one) => one.seq),
        rows.map((one) => one.state),
        rows.map((one) => one.firstOpenedAt),
        rows.map((one) => one.firstClickedAt),
        rows.map((one) => one.openedVerified),
      ],
    })
}

/** Rows by run, in ascending order */
export function byRun<Row extends { readonly runId: number }>(
  rows: readonly Row[]
): [number, Row[]][] {
  return [...Map.groupBy(rows, (row) => row.runId)].sort(([a], [b]) => a - b)
}
