/*
|--------------------------------------------------------------------------
| Terminology
|--------------------------------------------------------------------------
|
| found      A folder with a package.json under plugins/. None of its code was read yet.
| manifest   The `griot` key of that package.json, checked.
| row        What the database knows: what the admin wants, and what happened.
| status     Derived from found and row, never stored, so that all processes agree.
| granted    The capabilities that the admin agreed to, as they stood in the manifest at that time.
| loaded     Imported in this process, with its services: what `call` works on.
|
*/
import type { Capability, Text } from '@griot/sdk'
import type { PluginHost } from './hosts/plugin_host.js'

export type Capabilities = {
  readonly http?: { readonly hosts: readonly string[] }
  readonly tcp?: Readonly<Record<string, never>>
  readonly secrets?: readonly string[]
  readonly storage?: Readonly<Record<string, never>>
  readonly database?: Readonly<Record<string, never>>
  readonly webhooks?: readonly string[]
  readonly schedule?: Readonly<Record<string, never>>
  readonly contacts?: readonly string[]
  readonly pages?: readonly string[]
}

export type Contributions = {
  readonly channels: readonly string[]
  readonly gateways: readonly string[]
  readonly tasks: readonly string[]
  readonly cron: readonly { readonly task: string; readonly everyMinutes: number }[]
  readonly webhooks: readonly string[]
  readonly pages: readonly string[]
  readonly simulators: readonly string[]
  readonly migrations: string | null
}

export type Manifest = {
  readonly id: string
  readonly apiVersion: number
  readonly engines: { readonly griot: string }
  readonly entry: string
  readonly title: Text
  readonly description: Text
  /** What the admin reads beside the field of each secret */
  readonly secretTitles: Readonly<Record<string, Text>>
  readonly contributes: Contributions
  readonly capabilities: Capabilities
}

export type FoundPlugin = {
  /** Name of the folder */
  readonly id: string
  readonly folder: string
  /** In the repository's own plugins/ folder: started in safe mode too */
  readonly bundled: boolean
  readonly packageName: string
  readonly version: string
} & (
  | {
      readonly manifest: Manifest
      readonly problems: readonly []
      readonly incompatible: string | null
    }
  | { readonly manifest: null; readonly problems: readonly string[]; readonly incompatible: null }
)

/** A plugin whose manifest was read and fits this host */
export type UsablePlugin = FoundPlugin & {
  readonly manifest: Manifest
  readonly incompatible: null
}

export type PluginRow = {
  readonly id: string
  /** Installed version; '' after an uninstall that kept the data */
  readonly version: string
  readonly desired: 'enabled' | 'disabled'
  readonly operation: 'installing' | 'upgrading' | 'uninstalling' | null
  readonly operation_error: string | null
  readonly health: 'unknown' | 'ok' | 'degraded'
  readonly health_detail: string
  readonly quarantined_at: Date | null
  readonly quarantine_code: string | null
  readonly quarantine_reason: string | null
  readonly granted: Capabilities
  readonly settings: Readonly<Record<string, unknown>>
  readonly settings_source: 'default' | 'sandbox' | 'admin'
  readonly created_at: Date
  readonly updated_at: Date
}

export type PluginStatus =
  | 'discovered'
  | 'invalid'
  | 'incompatible'
  | 'disabled'
  | 'enabled'
  | 'degraded'
  | 'upgrading'
  | 'quarantined'
  | 'uninstalling'
  | 'missing'

/** A plugin in memory */
export type LoadedPlugin = {
  readonly id: string
  readonly version: string
  readonly manifest: Manifest
  readonly granted: Capabilities
  /** Where its code runs, and what it is */
  readonly host: PluginHost
  readonly settings: Readonly<Record<string, unknown>>
  /** Whether the plugin's schema accepts them; a fresh installation may have none yet */
  readonly settingsValid: boolean
  /** Aborted when the plugin is unloaded for good */
  readonly stop: AbortController
  /** Gives connections back */
  close(): Promise<void>
}

export const CAPABILITIES: readonly Capability[] = [
  'http',
  'tcp',
  'secrets',
  'storage',
  'database',
  'webhooks',
  'schedule',
  'contacts',
  'pages',
]
