import type pg from 'pg'
import { RunOverError } from '../errors.js'

export const UNCERTAIN_DECISIONS = ['accepted', 'rejected', 'resend'] as const
export type UncertainDecision = (typeof UNCERTAIN_DECISIONS)[number]

export type DecidedDelivery = {
  readonly seq: number
  readonly address: string
  readonly destination: string
}

/**
 * Settles uncertain deliveries as a person, or the far side's own look-up, says, with all counters. `resend` makes them wait again,
 * only while the run is live.
 *
 * @param o.seqs the deliveries meant; all uncertain ones of the run when absent
 * @param o.check called with those found, before anything is counted; what it throws undoes all
 * @throws RunOverError when the run ended before it could send again
 */
export async function decideDeliveries(
  client: pg.PoolClient,
  o: {
    accountId: string
    runId: number
    seqs?: readonly number[]
    decision: UncertainDecision
    check?: (found: number) => void
  }
): Promise<DecidedDelivery[]> {
  const { rows: decided } = await client.query<DecidedDelivery>(
    `with meant as (
       select d.run_id, d.seq from deliveries d join campaign_runs r on r.id = d.run_id
        where d.run_id = $1 and r.account_id = $2 and d.state = 'uncertain'
          and ($3::int[] is null or d.seq = any($3::int[]))
          and ($4 <> 'resend' or r.state in ('expanding', 'running')) order by d.seq
            for update of d)
     update deliveries d
        set state = case $4 when 'resend' then 'pending' else $4 end, outcome_at = case $4
          when 'resend' then null else now() end,
            lease = null, reason = case $4 when 'rejected' then 'decided' end, detail = null
       from meant m where d.run_id = m.run_id and d.seq = m.seq returning d.seq, d.address,
         d.destination`,
    [o.runId, o.accountId, o.seqs ? [...o.seqs] : null, o.decision]
  )
  o.check?.(decided.length)
  if (decided.length > 0) await countDecided(client, o, decided)
  return decided
}

async function countDecided(
  client: pg.PoolClient,
  o: { runId: number; decision: UncertainDecision },
  decided: readonly DecidedDelivery[]
): Promise<void> {
  const n = decided.length
  /** The run may end at this moment: whoever has its row first decides */
  const { rowCount } = await client.query(
    `update campaign_runs
        set uncertain = uncertain - $2, accepted = accepted + case $3 when 'accepted' then $2
          else 0 end,
            rejected = rejected + case $3 when 'rejected' then $2 else 0 end,
            pending = pending + case $3 when 'resend' then $2 else 0 end
      where id = $1 and ($3 <> 'resend' or state in ('expanding', 'running'))`,
    [o.runId, n, o.decision]
  )
  if (rowCount === 0) throw new RunOverError()
  await client.query(
    `update run_destinations d
        set uncertain = d.uncertain - x.n, accepted = d.accepted + case $3 when 'accepted' then x.n
          else 0 end,
            rejected = d.rejected + case $3 when 'rejected' then x.n else 0 end
       from (select y.destination, count(*)::int n from unnest($2::text[]) y(destination)
         group by 1) x
      where d.run_id = $1 and d.destination = x.destination`,
    [o.runId, decided.map((row) => row.destination), o.decision]
  )
  if (o.decision === 'rejected')
    await client.query(
      `insert into run_refusals as t (run_id, reason, deliveries) values ($1, 'decided', $2)
       on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries`,
      [o.runId, n]
    )
}
