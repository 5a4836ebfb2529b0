import { sql } from '#core/database/sql'
import { secretsSet } from '../capabilities/secrets.js'
import { notGranted, permissions, type Permission } from './consent.js'
import { verbsFrom, type PluginVerb } from './plugin_transitions.js'
import type { KnownPlugin } from './survey_plugins.js'

export type RecordedFailure = {
  readonly code: string
  readonly operation: string
  readonly detail: string
  readonly at: Date
}

/** A plugin as the admin sees it, as plain data */
export type PluginOverview = KnownPlugin & {
  readonly verbs: readonly PluginVerb[]
  /** What it may do, or asks to be allowed */
  readonly permissions: readonly Permission[]
  /** What it asks for beyond what was granted */
  readonly newPermissions: readonly Permission[]
  readonly secrets: readonly { readonly name: string; readonly setAt: Date | null }[]
  /** Newest first, 20 at most */
  readonly failures: readonly RecordedFailure[]
}

/** Adds to a plugin what only the database knows */
export async function pluginOverview(plugin: KnownPlugin): Promise<PluginOverview> {
  const asked = plugin.found?.manifest?.capabilities ?? {}
  const [set, failures] = await Promise.all([
    secretsSet(plugin.id),
    sql<RecordedFailure>(
      `select code, operation, detail, at from plugin_failures where plugin_id = $1
        order by at desc, id desc limit 20`,
      [plugin.id]
    ),
  ])
  return {
    ...plugin,
    verbs: verbsFrom(plugin.status),
    permissions: permissions(asked),
    newPermissions: plugin.row ? permissions(notGranted(asked, plugin.row.granted)) : [],
    secrets: (asked.secrets ?? []).map((name) => ({
      name,
      setAt: set.find((secret) => secret.name === name)?.updated_at ?? null,
    })),
    failures,
  }
}
