import { sql } from '#core/database/sql'
import { PluginError } from '../errors.js'
import type { SecretsReader } from '@griot/sdk'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import type { KernelEncryption } from '../runtime/kernel_options.js'

/** Bound to plugin and name: a cipher copied to another row cannot be read there */
const purpose = (pluginId: string, name: string) => `plugin secret ${pluginId} ${name}`

/** Stores a secret, encrypted. It can be replaced and removed, never shown */
export async function writeSecret(o: {
  pluginId: string
  name: string
  value: string
  encryption: KernelEncryption
  client?: QueryClientContract
}): Promise<void> {
  const cipher = o.encryption.encrypt(o.value, { purpose: purpose(o.pluginId, o.name) })
  await sql(
    `insert into plugin_secrets (plugin_id, name, cipher) values ($1, $2, $3)
     on conflict (plugin_id, name) do update set cipher = excluded.cipher, updated_at = now()`,
    [o.pluginId, o.name, cipher],
    o.client
  )
}

/** Names of the secrets that are set, and since when: all that the admin may see */
export async function secretsSet(
  pluginId: string
): Promise<readonly { name: string; updated_at: Date }[]> {
  return sql<{ name: string; updated_at: Date }>(
    'select name, updated_at from plugin_secrets where plugin_id = $1 order by name',
    [pluginId]
  )
}

/** Changes whenever a secret of the plugin does: what was read before is stale then */
export async function secretsStamp(pluginId: string): Promise<string> {
  const [row] = await sql<{ stamp: string | null }>(
    `select string_agg(name || updated_at::text, ',' order by name) as stamp from plugin_secrets
      where plugin_id = $1`,
    [pluginId]
  )
  return row?.stamp ?? ''
}

export type PluginSecrets = SecretsReader & {
  /** Values read so far, which the logger blots out */
  known(): readonly string[]
}

/**
 * Reads the secrets that the manifest names. A value is decrypted when it is asked for and remembered for as long as
 * the plugin is loaded; saving a secret loads the plugin again.
 *
 * @param o.names secrets of the manifest
 * @param o.candidates values that are being tried before they are saved
 */
export function pluginSecrets(o: {
  pluginId: string
  names: readonly string[]
  encryption: KernelEncryption
  candidates?: Readonly<Record<string, string>>
}): PluginSecrets {
  const values = new Map<string, string | null>(Object.entries(o.candidates ?? {}))
  return {
    known: () => [...values.values()].filter((value) => value !== null),
    async get(name) {
      if (!o.names.includes(name)) {
        throw new PluginError({
          code: 'E_PLUGIN_NOT_GRANTED',
          pluginId: o.pluginId,
          operation: 'secrets',
          detail: `the secret "${name}" is not in the manifest's capabilities.secrets (${o.names.join(', ')})`,
        })
      }
      if (values.has(name)) return values.get(name) ?? null
      const [row] = await sql<{ cipher: string }>(
        'select cipher from plugin_secrets where plugin_id = $1 and name = $2',
        [o.pluginId, name]
      )
      const value = row ? o.encryption.decrypt<string>(row.cipher, purpose(o.pluginId, name)) : null
      values.set(name, value)
      return value
    },
  }
}
