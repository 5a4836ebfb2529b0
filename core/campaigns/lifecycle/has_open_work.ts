import { sql } from '#core/database/sql'

/** Whether campaigns still need a plugin: money is held for them */
export async function hasOpenWork(pluginId: string): Promise<boolean> {
  const [row] = await sql<{ open: boolean }>(
    `select exists (
       select 1 from campaigns where plugin_id = $1 and state in ('paid', 'scheduled', 'running',
         'paused'))
       or exists (
       select 1 from campaign_holds h join campaigns c on c.id = h.campaign_id
        where h.state = 'open' and c.plugin_id = $1) open`,
    [pluginId]
  )
  return row.open
}
