import { sql } from '#core/database/sql'

/** Whether campaigns still need a plugin: money is held for them */
export async function hasOpenWork(pluginId: string): Promise<boolean> {
  const [row] = await sql<{ open: boolean }>(
    `select exists (
       select 1 from campaigns where plugin_id = $1 and state in ('paid', 'scheduled', 'running',
         'paused')) open`,
    [pluginId]
  )
  return row.open
}
