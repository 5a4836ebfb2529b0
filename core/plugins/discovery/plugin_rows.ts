import { sql } from '#core/database/sql'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import type { Capabilities, PluginRow } from '../types.js'

/** What the database knows of all plugins */
export async function readPluginRows(): Promise<readonly PluginRow[]> {
  return sql<PluginRow>('select * from plugins order by id')
}

/** @returns null when the plugin was never installed, or was purged */
export async function readPluginRow(id: string): Promise<PluginRow | null> {
  const [row] = await sql<PluginRow>('select * from plugins where id = $1', [id])
  return row ?? null
}

/** Writes the row that an installation begins with; a row kept by an earlier uninstall is taken over */
export async function beginInstall(o: {
  id: string
  version: string
  granted: Capabilities
}): Promise<void> {
  await sql(
    `insert into plugins (id, version, operation, granted) values ($1, $2, 'installing', $3::jsonb)
     on conflict (id) do update set version = excluded.version,
       operation = 'installing', granted = excluded.granted,
       desired = 'disabled', operation_error = null, quarantined_at = null, quarantine_code = null,
         quarantine_reason = null, updated_at = now()`,
    [o.id, o.version, JSON.stringify(o.granted)]
  )
}

type Changes = Partial<
  Pick<
    PluginRow,
    | 'version'
    | 'desired'
    | 'operation'
    | 'operation_error'
    | 'health'
    | 'health_detail'
    | 'settings_source'
    | 'quarantined_at'
    | 'quarantine_code'
    | 'quarantine_reason'
  >
> & { readonly granted?: Capabilities; readonly settings?: Readonly<Record<string, unknown>> }

const JSON_COLUMNS = new Set(['granted', 'settings'])

/** Changes some columns of one row */
export async function updatePluginRow(
  id: string,
  changes: Changes,
  client?: QueryClientContract
): Promise<void> {
  const entries = Object.entries(changes)
  const columns = entries.map(
    ([name], index) => `${name} = $${index + 2}${JSON_COLUMNS.has(name) ? '::jsonb' : ''}`
  )
  const values = entries.map(([name, value]) =>
    JSON_COLUMNS.has(name) ? JSON.stringify(value) : value
  )
  await sql(
    `update plugins set ${columns.join(', ')}, updated_at = now() where id = $1`,
    [id, ...values],
    client
  )
}

/** Values that take a plugin out of quarantine */
export const OUT_OF_QUARANTINE = {
  quarantined_at: null,
  quarantine_code: null,
  quarantine_reason: null,
} as const
