import db from '@adonisjs/lucid/services/db'
import { keysetPage, type KeysetPage } from '#core/database/keyset'
import { sql } from '#core/database/sql'

export type SandboxMessage = {
  readonly id: string
  readonly plugin_id: string
  readonly simulator: string
  readonly recipient: string
  readonly sender: string
  readonly title: string
  readonly received_at: Date
  /** Whether the message was kept whole, or only counted */
  readonly whole: boolean
}

export type SandboxBox = {
  readonly pluginId: string
  readonly simulator: string
  readonly count: number
}

/** Messages of one box counted at most */
export const MOST_COUNTED = 10_000

/**
 * One page of what arrived, newest first.
 *
 * @param o.search the beginning of a recipient
 * @param o.box one simulator of one plugin; all when null
 */
export async function sandboxMessages(o: {
  search: string
  box: { pluginId: string; simulator: string } | null
  cursor: string | null
}): Promise<KeysetPage<SandboxMessage>> {
  const query = db
    .from('sandbox_messages')
    .select('id', 'plugin_id', 'simulator', 'recipient', 'sender', 'title', 'received_at')
    .select(db.raw('raw is not null as whole'))
  if (o.box) query.where('plugin_id', o.box.pluginId).where('simulator', o.box.simulator)
  if (o.search) query.whereILike('recipient', `%${o.search.replace(/[\\%_]/g, '\\$&')}%`)
  return keysetPage<SandboxMessage>({ query, cursor: o.cursor })
}

/** The simulators that received something, with how much, counted to a limit */
export async function sandboxBoxes(): Promise<SandboxBox[]> {
  const boxes = await sql<{ plugin_id: string; simulator: string }>(
    `with recursive box as (
       (select simulator, plugin_id from sandbox_messages order by simulator, plugin_id limit 1)
       union all
       select n.simulator, n.plugin_id from box b,
         lateral (select simulator, plugin_id from sandbox_messages m
           where (m.simulator, m.plugin_id) > (b.simulator, b.plugin_id) order by simulator,
           plugin_id limit 1) n
     ) select plugin_id, simulator from box`
  )
  return Promise.all(
    boxes.map(async (box) => {
      const [{ count }] = await sql<{ count: number }>(
        `select count(*)::int count from (select 1 from sandbox_messages where simulator = $1
          and plugin_id = $2 limit $3) m`,
        [box.simulator, box.plugin_id, MOST_COUNTED + 1]
      )
      return { pluginId: box.plugin_id, simulator: box.simulator, count }
    })
  )
}
