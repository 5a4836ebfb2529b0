import type { Outcome } from '@griot/sdk'
import { nextAttempt } from './back_off.js'
import { captureKeys } from './capture_cost.js'
import type { HandedOver } from './hand_over.js'
import { deliveryPool } from '#core/runs/delivery_pool'
import type { OwnOutcome } from './personalise.js'
import { priceUnits } from './price_units.js'
import type { Run } from '#core/runs/run'

type Settled = {
  state: 'accepted' | 'rejected' | 'deferred' | 'uncertain'
  reason: string | null
  detail: string | null
  providerKey: string | null
  /** Keys of a message that the far side took in several parts */
  parts: readonly string[] | null
  notBefore: Date | null
  costMicro: bigint
  suppress: boolean
}

/**
 * Writes what happened to one window: outcomes in bulk, guarded by the lease, in the same transaction as the run's
 * counters and the capture of what it cost. All of it, or nothing. One question to Postgres, so that the rows which all
 * windows of a run share are not held while this process is busy sending.
 *
 * A row that was named uncertain meanwhile and whose sender now answers is settled by that answer, as long as the lease
 * is the one it was sent under.
 *
 * Rows in: one window (40). Function settle_window, primary keys throughout. Measured 2 ms for 20.
 *
 * @returns messages accepted, and deliveries of the run that are still open
 */
export async function settleWindow(o: {
  run: Run
  lease: string
  rows: readonly HandedOver[]
  outcomes: readonly (Outcome | OwnOutcome)[]
  defaultUnit: string
  now: Date
}): Promise<{ accepted: number; pending: number }> {
  const { run } = o
  const settled = o.rows.map((row, index) =>
    classify({ outcome: o.outcomes[index], row, run, defaultUnit: o.defaultUnit, now: o.now })
  )
  const isChargedLater = run.rules.settlement.on === 'final'
  const { key, escrow, revenue, currency } = captureKeys(
    run,
    `${run.id}:${o.lease}:${o.rows[0].seq}`
  )
  const { rows } = await deliveryPool().query<{ accepted: number; pending: number }>({
    name: 'settle_window',
    text: `select accepted, pending from settle_window($1, $2, $3, $4::int[], $5::text[],
      $6::text[], $7::text[], $8::text[], $9::timestamptz[],
             $10::bigint[], $11::boolean[], $12, $13::jsonb, $14::jsonb, $15, $16, $17, $18)`,
    values: [
      run.id,
      o.lease,
      o.now,
      o.rows.map((row) => row.seq),
      settled.map((one) => one.state),
      settled.map((one) => one.reason),
      settled.map((one) => one.detail),
      settled.map((one) => one.providerKey),
      settled.map((one) => one.notBefore),
      settled.map((one) => (isChargedLater ? '0' : one.costMicro.toString())),
      settled.map((one) => one.suppress),
      run.rules.caps.length > 0,
      partsOf(o.rows, settled),
      isChargedLater ? openCostsOf(o.rows, settled) : null,
      key,
      escrow,
      revenue,
      currency,
    ],
  })
  return rows[0]
}

function classify(o: {
  outcome: Outcome | OwnOutcome
  row: HandedOver
  run: Run
  defaultUnit: string
  now: Date
}): Settled {
  const base = {
    reason: null,
    detail: o.outcome.detail?.slice(0, 500) ?? null,
    providerKey: null,
    parts: null,
    notBefore: null,
    costMicro: 0n,
    suppress: false,
  }
  switch (o.outcome.status) {
    case 'accepted':
      return {
        ...base,
        state: 'accepted',
        ...keysOf(o.outcome, `${o.run.id}.${o.row.seq}`),
        costMicro: costOf(o),
      }
    case 'rejected':
      return {
        ...base,
        state: 'rejected',
        reason: o.outcome.reason,
        suppress: o.outcome.permanent === true,
      }
    case 'deferred': {
      const notBefore = nextAttempt({
        attempts: o.row.attempts,
        hint: o.outcome.retryAt,
        now: o.now,
      })
      const inTime = o.run.rules.deadline === null || (notBefore ?? o.now) < o.run.rules.deadline
      return notBefore && inTime
        ? { ...base, state: 'deferred', notBefore }
        : { ...base, state: 'rejected', reason: 'expired' }
    }
    case 'unknown':
      return { ...base, state: 'uncertain' }
  }
}

/** A key that is the delivery's own id is not written down: it can be read. Nor is the first of several, which its part has */
function keysOf(
  outcome: Extract<Outcome, { status: 'accepted' }>,
  ownId: string
): Pick<Settled, 'providerKey' | 'parts'> {
  const { providerKey, providerKeys } = outcome
  if (providerKeys !== undefined && providerKeys.length > 1)
    return { providerKey: null, parts: providerKeys }
  const key = providerKeys?.[0] ?? providerKey ?? null
  return { providerKey: key === ownId ? null : key, parts: null }
}

/** What accepted rows will cost, unless it becomes known that they failed */
function openCostsOf(rows: readonly HandedOver[], settled: readonly Settled[]): string | null {
  const open = settled.flatMap(({ state, costMicro }, n) =>
    state === 'accepted' ? [{ seq: rows[n].seq, cost: costMicro.toString() }] : []
  )
  return open.length === 0 ? null : JSON.stringify(open)
}

function partsOf(rows: readonly HandedOver[], settled: readonly Settled[]): string | null {
  const parts = settled.flatMap((one, n) =>
    one.parts === null ? [] : [{ seq: rows[n].seq, keys: one.parts }]
  )
  return parts.length === 0 ? null : JSON.stringify(parts)
}

/** What was handed over had a price as one unit; what a sender says it used instead may have none, and is then charged as that */
function costOf(o: {
  outcome: Outcome | OwnOutcome
  row: HandedOver
  run: Run
  defaultUnit: string
}): bigint {
  const { unitPrices } = o.run.quote
  const { address } = o.row
  const one = { [o.defaultUnit]: 1 }
  const units = o.outcome.status === 'accepted' ? (o.outcome.units ?? one) : one
  return (
    priceUnits({ units, unitPrices, address }) ??
    priceUnits({ units: one, unitPrices, address }) ??
    0n
  )
}
