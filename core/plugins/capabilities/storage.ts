import { sql } from '#core/database/sql'
import type { KeyValueStore } from '@griot/sdk'
import { PluginError } from '../errors.js'

const MAX_VALUE_BYTES = 256 * 1024
const MAX_TOTAL_BYTES = 5 * 1024 * 1024

/** A small key-value store of the plugin's own: 256 kB a value, 5 MB in all */
export function pluginStorage(o: { pluginId: string }): KeyValueStore {
  const full = (detail: string) =>
    new PluginError({
      code: 'E_PLUGIN_STORAGE_FULL',
      pluginId: o.pluginId,
      operation: 'storage',
      detail,
    })
  return {
    async get(key) {
      const [row] = await sql<{ value: string }>(
        `select value from plugin_storage where plugin_id = $1 and key = $2 and (expires_at is null
          or expires_at > now())`,
        [o.pluginId, key]
      )
      return row?.value ?? null
    },

    async set(key, value, options) {
      if (key.length < 1 || key.length > 200)
        throw full(`a key has 1 to 200 characters; this one has ${key.length}`)
      if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
        throw full(
          `a value has at most ${MAX_VALUE_BYTES} bytes; "${key}" has ${Buffer.byteLength(value)}`
        )
      const written = await sql(
        `insert into plugin_storage (plugin_id, key, value, expires_at)
         select $1, $2, $3::text, now() + $4::bigint * interval '1 millisecond'
         where (select coalesce(sum(octet_length(value)), 0) from plugin_storage
           where plugin_id = $1 and key <> $2 and (expires_at is null or expires_at > now()))
           + octet_length($3::text) <= $5::int
         on conflict (plugin_id, key) do update set value = excluded.value,
           expires_at = excluded.expires_at
         returning 1`,
        [o.pluginId, key, value, options?.ttlMs ?? null, MAX_TOTAL_BYTES]
      )
      if (written.length === 0)
        throw full(
          `its values may have ${MAX_TOTAL_BYTES} bytes in all. Delete some, or give them a ttlMs`
        )
    },

    async delete(key) {
      await sql('delete from plugin_storage where plugin_id = $1 and key = $2', [o.pluginId, key])
    },
  }
}
