import { sql } from '#core/database/sql'
import pluginKernel from '#core/plugins/main'
import { ServiceExistsError } from './service_errors.js'

/**
 * Begins to sell a channel: a draft with the words of its plugin, after the services that there are.
 *
 * @returns the id of the service
 * @throws ChannelUnavailableError when no running plugin brings the channel
 * @throws ServiceExistsError when it is sold already
 */
export async function createService(o: { channel: string }): Promise<string> {
  const { channel, pluginId } = pluginKernel.channel(o.channel)
  const [row] = await sql<{ id: string }>(
    `insert into services (channel, plugin_id, slug, title, description, status, position)
     select $1, $2, $1, $3::jsonb, $4::jsonb,
       'draft', coalesce((select max(position) + 1 from services), 0)
      where not exists (select 1 from services where channel = $1)
     on conflict (slug) do nothing returning id`,
    [o.channel, pluginId, JSON.stringify(channel.title), JSON.stringify(channel.description)]
  )
  if (!row) throw new ServiceExistsError(`The channel ${o.channel} is sold already`)
  return row.id
}
