import type pg from 'pg'
import type { PlacedNotice } from '#core/facts/received_fact'

/**
 * Writes what channels say of campaigns into their history, once each, where staff and clients read it.
 *
 * Rows in: notices of a batch. Index: campaign_changes_notices.
 *
 * @returns for each whether it was new
 */
export async function recordNotices(
  client: pg.PoolClient,
  notices: readonly PlacedNotice[]
): Promise<boolean[]> {
  const fresh: boolean[] = []
  for (const { runId, pluginId, fact } of notices) {
    const { rows } = await client.query<{ campaign_id: string }>({
      name: 'record_notice',
      text: `insert into campaign_changes (campaign_id, account_id, from_state, to_state, by_kind,
               by_name, why, what, data, at)
             select c.id, c.account_id, c.state, c.state, 'system', 'Griot', '', 'notice',
                    $2::jsonb, $3
               from campaign_runs r join campaigns c on c.id = r.campaign_id where r.id = $1
             on conflict ((data ->> 'fact')) where what = 'notice' do nothing
             returning campaign_id`,
      values: [
        runId,
        JSON.stringify({
          fact: `${pluginId} ${fact.endpoint ?? ''} ${fact.id}`,
          level: fact.level,
          code: fact.code,
          notice: fact.text,
        }),
        fact.at,
      ],
    })
    fresh.push(rows.length > 0)
    for (const { campaign_id: campaignId } of rows)
      await client.query(`select pg_notify('campaign_changed', $1)`, [campaignId])
  }
  return fresh
}
