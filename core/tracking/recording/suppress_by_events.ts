import type pg from 'pg'
import type { NewEvent } from './insert_events.js'

/**
 * Ends the messages of an account to people who were told of by the far side: a dead address, a complaint, an unsubscription. In the
 * transaction that writes the events.
 *
 * Rows in: those of a batch that say so. Primary keys of deliveries and runs.
 */
export async function suppressByEvents(
  client: pg.PoolClient,
  events: readonly NewEvent[]
): Promise<void> {
  const said = events.flatMap((event) => {
    const reason = reasonOf(event)
    return reason === null ? [] : [{ runId: event.runId, seq: event.seq, reason }]
  })
  if (said.length === 0) return
  await client.query({
    name: 'suppress_by_events',
    text: `select suppress_addresses(s.account_id, s.addresses, s.reason, 'run:' || s.run_id)
             from (select r.id run_id, r.account_id, said.reason, array_agg(d.address) addresses
                     from unnest($1::int[], $2::int[], $3::text[]) said(run_id, seq, reason)
                     join deliveries d on d.run_id = said.run_id and d.seq = said.seq
                     join campaign_runs r on r.id = said.run_id
                    group by r.id, r.account_id, said.reason
                    /** The heavier reason is written first, and stays */
                    order by r.id, array_position(array['complained', 'unsubscribed', 'bounced'],
                      said.reason)) s`,
    values: [
      said.map((one) => one.runId),
      said.map((one) => one.seq),
      said.map((one) => one.reason),
    ],
  })
}

function reasonOf(event: NewEvent): 'complained' | 'unsubscribed' | 'bounced' | null {
  switch (event.kind) {
    case 'complained':
    case 'unsubscribed':
      return event.kind
    case 'bounced':
      return event.permanent ? 'bounced' : null
    case 'opened':
    case 'clicked':
    case 'dwelled':
    case 'delivered':
    case 'replied':
    case 'read':
    case 'answered':
    case 'ended':
      return null
  }
}
