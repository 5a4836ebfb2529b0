import type pg from 'pg'

export type PartReceipt = {
  readonly runId: number
  readonly seq: number
  readonly part: number
  readonly is: 'delivered' | 'failed'
}

/** What a receipt of a part did to the whole */
export type PartVerdict =
  /** The part was known to be so */
  | 'repeated'
  /** Other parts are still on their way */
  | 'open'
  /** The last part was delivered */
  | 'delivered'
  /** A part failed */
  | 'failed'

/**
 * Writes what became of parts. A part that failed stays failed. The deliveries must be locked.
 *
 * Rows in: receipts of parts in one batch. Index: primary key.
 *
 * @returns what each did to its delivery, in the order in which they came
 */
export async function recordParts(
  client: pg.PoolClient,
  receipts: readonly PartReceipt[]
): Promise<PartVerdict[]> {
  if (receipts.length === 0) return []
  const { rows } = await client.query<{ run_id: number; seq: number; part: number; state: string }>(
    {
      name: 'read_parts',
      text: `select run_id, seq, part, state from delivery_parts
        where (run_id, seq) in (select * from unnest($1::int[], $2::int[]))`,
      values: [receipts.map((one) => one.runId), receipts.map((one) => one.seq)],
    }
  )
  const states = new Map<string, Map<number, string>>()
  for (const row of rows) {
    const id = idOf({ runId: row.run_id, seq: row.seq })
    const parts = states.get(id) ?? new Map<number, string>()
    states.set(id, parts.set(row.part, row.state))
  }
  const changed = new Map<string, PartReceipt>()
  const verdicts = receipts.map((receipt): PartVerdict => {
    const parts = states.get(idOf(receipt)) ?? new Map<number, string>()
    const before = parts.get(receipt.part)
    if (receipt.is === 'delivered' && before !== 'accepted') return 'repeated'
    if (before !== receipt.is) changed.set(`${idOf(receipt)}.${receipt.part}`, receipt)
    parts.set(receipt.part, receipt.is)
    /** Each time: another failure of the same part may say that the address is dead */
    if (receipt.is === 'failed') return 'failed'
    return [...parts.values()].every((state) => state === 'delivered') ? 'delivered' : 'open'
  })
  const written = [...changed.values()]
  await client.query({
    name: 'write_parts',
    text: `update delivery_parts p set state = v.state
             from unnest($1::int[], $2::int[], $3::smallint[], $4::text[])
               v(run_id, seq, part, state)
            where p.run_id = v.run_id and p.seq = v.seq and p.part = v.part`,
    values: [
      written.map((one) => one.runId),
      written.map((one) => one.seq),
      written.map((one) => one.part),
      written.map((one) => one.is),
    ],
  })
  return verdicts
}

const idOf = (one: { readonly runId: number; readonly seq: number }) => `${one.runId}.${one.seq}`
