import { CHUNK_IS_DUE } from './lease_chunk.js'
import { deliveryPool } from '#core/runs/delivery_pool'

/** Runs that one look brings; when all of their chunks are taken meanwhile, the next look brings others */
const LOOK_AT = 6

export type RunInTurn = {
  readonly id: number
  readonly accountId: string
  readonly campaignId: string
  /** Messages an hour that the client chose; null for as fast as it goes */
  readonly pacePerHour: number | null
  /** The bucket of the campaign does not yet say the same */
  readonly rateIsStale: boolean
  /** Some bucket may apply, so tokens must be asked for */
  readonly limited: boolean
}

/**
 * Which runs of a plugin have work that is due, in the order of their turn: the account that was served least comes first,
 * each counted by its weight, and within an account the older run.
 *
 * Rows in: live runs of the plugin (campaign_runs_live); for each, chunks until one is due. 200 live runs: 3 ms.
 */
export async function runsInTurn(o: { pluginId: string; channel: string }): Promise<RunInTurn[]> {
  const { rows } = await deliveryPool().query<RunInTurn>({
    name: 'runs_in_turn',
    text: `select r.id, r.account_id "accountId", g.id "campaignId", g.pace_per_hour "pacePerHour",
                  round(coalesce(pace.ceiling * 3600, 0)) <> coalesce(g.pace_per_hour,
                    0) "rateIsStale",
                  own.key is not null or g.pace_per_hour is not null
                    or exists (select 1 from rate_buckets b where b.key ^@ ($1 || ' ')) limited
             from campaign_runs r
             join campaigns g on g.id = r.campaign_id
             join accounts a on a.id = r.account_id
             left join delivery_turns t on t.plugin_id = $1 and t.account_id = r.account_id
             left join rate_buckets own on own.key = $1
             left join rate_buckets pace on pace.key = 'campaign ' || g.id
            where r.state in ('expanding', 'running') and g.state = 'running' and g.plugin_id = $1
              and g.channel = $3 and a.status = 'active'
              and (r.deadline_at is null or r.deadline_at > now()) and coalesce(own.blocked_until,
                '-infinity') <= now()
              and exists (select 1 from delivery_chunks c where c.run_id = r.id
                and c.state in ('open', 'leased') and ${CHUNK_IS_DUE})
            order by coalesce(t.work, 0), r.id limit $2`,
    values: [o.pluginId, LOOK_AT, o.channel],
  })
  return rows
}

/**
 * Notes that an account was served. One that was away for a while begins at the level of the others, so that it cannot make
 * up for the time.
 *
 * @param o.rows recipients that were leased for it
 */
export async function noteTurn(o: {
  pluginId: string
  accountId: string
  rows: number
}): Promise<void> {
  await deliveryPool().query({
    name: 'note_turn',
    text: `with floor as (
             select coalesce(min(t.work), 0) work from delivery_turns t
              where t.plugin_id = $1 and t.account_id <> $2 and exists (
                select 1 from campaign_runs r join campaigns g on g.id = r.campaign_id
                 where r.account_id = t.account_id and g.plugin_id = $1
                   and r.state in ('expanding', 'running') and g.state = 'running')),
           share as (select $3::float / send_weight work from accounts where id = $2)
           insert into delivery_turns as t (plugin_id, account_id, work) select $1, $2,
             floor.work + share.work from floor, share
           on conflict (plugin_id, account_id) do update set served_at = now(),
             work = case when t.served_at < now() - interval '30 seconds'
               then greatest(t.work, (select work from floor)) else t.work end + (select work
               from share)`,
    values: [o.pluginId, o.accountId, o.rows],
  })
}
