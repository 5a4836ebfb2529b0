import type { Outcome } from '@griot/sdk'
import type pg from 'pg'
import { nextAttempt } from './back_off.js'
import { captureCost } from './capture_cost.js'
import { returnTouches } from './hand_over.js'
import { inTransaction } from './pool.js'
import { priceUnits } from './price_units.js'
import type { Run } from './run_snapshot.js'
import type { HandedOver } from './hand_over.js'

type Settled = {
  state: 'accepted' | 'rejected' | 'deferred' | 'uncertain'
  reason: string | null
  detail: string | null
  providerKey: string | null
  notBefore: Date | null
  costMicro: bigint
  suppress: boolean
}

/**
 * Writes what happened to one window: outcomes in bulk, guarded by the lease, in the same transaction as the run's
 * counters and the capture of what it cost. All of it, or nothing.
 *
 * A row that was named uncertain meanwhile and whose sender now answers is settled by that answer, as long as the lease
 * is the one it was sent under.
 */
export async function settleWindow(o: {
  run: Run
  lease: string
  rows: readonly HandedOver[]
  outcomes: readonly Outcome[]
  defaultUnit: string
  now: Date
}): Promise<{ accepted: number; pending: number }> {
  const settled = o.rows.map((row, index) =>
    judge({ outcome: o.outcomes[index], row, run: o.run, defaultUnit: o.defaultUnit, now: o.now })
  )

  return inTransaction(async (client) => {
    const written = await writeOutcomes(client, o, settled)
    const bySeq = new Map(o.rows.map((row, index) => [row.seq, { row, outcome: settled[index] }]))
    const counts = { accepted: 0, rejected: 0, deferred: 0, uncertain: 0 }
    const places = new Map<string, Counts>()
    let wasUncertain = 0
    let costMicro = 0n
    for (const { seq, was } of written) {
      const known = bySeq.get(seq)
      if (!known) continue
      const { outcome, row } = known
      const place = places.get(row.destination) ?? { accepted: 0, rejected: 0, uncertain: 0 }
      places.set(row.destination, place)
      counts[outcome.state] += 1
      if (outcome.state !== 'deferred') place[outcome.state] += 1
      if (was === 'uncertain') {
        wasUncertain += 1
        place.uncertain -= 1
      }
      costMicro += outcome.costMicro
    }
    const pending = await countOutcomes(client, {
      runId: o.run.id,
      now: o.now,
      counts,
      wasUncertain,
      costMicro,
      places,
      reasons: written.flatMap(({ seq }) => bySeq.get(seq)?.outcome.reason ?? []),
    })
    const known = written.map(({ seq }) => bySeq.get(seq)).filter((one) => one !== undefined)
    await suppressDeadAddresses(
      client,
      o.run,
      known.filter(({ outcome }) => outcome.suppress).map(({ row }) => row)
    )
    if (o.run.rules.caps.length > 0)
      await returnTouches(client, {
        accountId: o.run.accountId,
        addresses: known
          .filter(({ outcome }) => outcome.state === 'rejected' || outcome.state === 'deferred')
          .map(({ row }) => row.address),
      })
    await captureCost({
      client,
      run: o.run,
      costMicro,
      chunk: `${o.run.id}:${o.lease}:${o.rows[0].seq}`,
    })
    return { accepted: counts.accepted, pending }
  })
}

type Counts = { accepted: number; rejected: number; uncertain: number }

/**
 * Keeps the counters: of the run first, whose row then orders all that is written for it, then of its minute and of its
 * destinations.
 *
 * @returns deliveries of the run that are still open
 */
async function countOutcomes(
  client: pg.PoolClient,
  o: {
    runId: number
    now: Date
    counts: Counts
    wasUncertain: number
    costMicro: bigint
    places: ReadonlyMap<string, Counts>
    /** Why messages were refused, each as often as it was said */
    reasons: readonly string[]
  }
): Promise<number> {
  const { counts } = o
  const closed = counts.accepted + counts.rejected + counts.uncertain
  const { rows } = await client.query<{ pending: number }>({
    name: 'count_outcomes',
    text: `update campaign_runs set accepted = accepted + $2, rejected = rejected + $3, uncertain = uncertain + $4 - $5, pending = pending - $6 + $5,
                  first_accepted_at = case when $2 > 0 then coalesce(first_accepted_at, $7::timestamptz) else first_accepted_at end,
                  last_outcome_at = $7::timestamptz, cost_micro = cost_micro + $8
            where id = $1 returning pending + case when state = 'expanding' then 1 else 0 end pending`,
    values: [
      o.runId,
      counts.accepted,
      counts.rejected,
      counts.uncertain,
      o.wasUncertain,
      closed,
      o.now,
      o.costMicro.toString(),
    ],
  })
  if (closed > 0 || o.wasUncertain > 0) {
    const places = [...o.places]
    await client.query({
      name: 'count_places',
      text: `with series as (
               insert into run_series as s (run_id, minute, accepted, rejected, uncertain) values ($1, date_trunc('minute', $2::timestamptz), $3, $4, $5)
               on conflict (run_id, minute) do update set accepted = s.accepted + excluded.accepted, rejected = s.rejected + excluded.rejected, uncertain = s.uncertain + excluded.uncertain)
             update run_destinations d set accepted = d.accepted + p.accepted, rejected = d.rejected + p.rejected, uncertain = d.uncertain + p.uncertain
               from unnest($6::text[], $7::int[], $8::int[], $9::int[]) p(destination, accepted, rejected, uncertain)
              where d.run_id = $1 and d.destination = p.destination`,
      values: [
        o.runId,
        o.now,
        counts.accepted,
        counts.rejected,
        counts.uncertain,
        places.map(([destination]) => destination),
        places.map(([, place]) => place.accepted),
        places.map(([, place]) => place.rejected),
        places.map(([, place]) => place.uncertain),
      ],
    })
  }
  if (o.reasons.length > 0)
    await client.query({
      name: 'count_refusals',
      text: `insert into run_refusals as t (run_id, reason, deliveries) select $1, reason, count(*) from unnest($2::text[]) r(reason) group by reason
             on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries`,
      values: [o.runId, o.reasons],
    })
  return rows[0]?.pending ?? 0
}

function judge(o: {
  outcome: Outcome
  row: HandedOver
  run: Run
  defaultUnit: string
  now: Date
}): Settled {
  const base = {
    reason: null,
    detail: o.outcome.detail?.slice(0, 500) ?? null,
    providerKey: null,
    notBefore: null,
    costMicro: 0n,
    suppress: false,
  }
  switch (o.outcome.status) {
    case 'accepted':
      return {
        ...base,
        state: 'accepted',
        /** A key that is the delivery's own id is not written down: it can be read */
        providerKey:
          o.outcome.providerKey === `${o.run.id}.${o.row.seq}`
            ? null
            : (o.outcome.providerKey ?? null),
        costMicro: priceUnits({
          units: o.outcome.units ?? { [o.defaultUnit]: 1 },
          unitPrices: o.run.quote.unitPrices,
          address: o.row.address,
        }),
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

async function writeOutcomes(
  client: pg.PoolClient,
  o: { run: Run; lease: string; rows: readonly HandedOver[]; now: Date },
  settled: readonly Settled[]
): Promise<{ seq: number; was: string }[]> {
  const { rows } = await client.query<{ seq: number; was: string }>({
    name: 'write_outcomes',
    text: `with v as (
             select * from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[]) v(seq, state, reason, detail, key, not_before)
           ), was as (
             select d.seq, d.state from deliveries d join v on v.seq = d.seq
              where d.run_id = $1 and d.lease = $2 and d.state in ('handing_over', 'uncertain') order by d.seq for update of d
           ), written as (
             update deliveries d set state = v.state, reason = v.reason, detail = v.detail, provider_key = v.key, not_before = v.not_before, outcome_at = $9
               from v join was on was.seq = v.seq
              where d.run_id = $1 and d.seq = v.seq
             returning d.seq
           )
           select was.seq, was.state was from was join written on written.seq = was.seq`,
    values: [
      o.run.id,
      o.lease,
      o.rows.map((row) => row.seq),
      settled.map((s) => s.state),
      settled.map((s) => s.reason),
      settled.map((s) => s.detail),
      settled.map((s) => s.providerKey),
      settled.map((s) => s.notBefore),
      o.now,
    ],
  })
  return rows
}

/** A dead address is not written to again by this account */
async function suppressDeadAddresses(client: pg.PoolClient, run: Run, rows: readonly HandedOver[]) {
  if (rows.length === 0) return
  await client.query(
    `insert into suppressions (account_id, address, reason, source) select $1, unnest($2::text[]), 'bounced', $3 on conflict (account_id, address) do nothing`,
    [run.accountId, rows.map((row) => row.address), `run:${run.id}`]
  )
}
