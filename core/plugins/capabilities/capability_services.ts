import type { Capability } from '@griot/sdk'
import type { KernelOptions, KernelPorts } from '../runtime/kernel_options.js'
import type { Capabilities, Manifest } from '../types.js'
import { addressGuard } from './address_guard.js'
import { contactFields } from './contact_fields.js'
import { pluginDatabase } from './database.js'
import { httpClient } from './http_client.js'
import { pluginSecrets, type PluginSecrets } from './secrets.js'
import { pluginStorage } from './storage.js'
import { taskScheduler } from './task_scheduler.js'
import { tcpDialer } from './tcp_dialer.js'
import { webhookAddresses } from './webhook_addresses.js'

export type CapabilityServices = {
  readonly services: Readonly<Record<string, unknown>>
  readonly secrets: PluginSecrets
  close(): Promise<void>
}

/**
 * Makes the services of a plugin: the door for facts, and the capabilities that it declared and that were granted, no other.
 *
 * @param o.candidates secrets that are being tried before they are saved
 */
export function capabilityServices(o: {
  manifest: Manifest
  /** What its code asks for */
  asked: readonly Capability[]
  granted: Capabilities
  settings: Readonly<Record<string, unknown>>
  options: KernelOptions
  ports: () => KernelPorts
  signal: AbortSignal
  candidates?: Readonly<Record<string, string>>
}): CapabilityServices {
  const { granted, options } = o
  const pluginId = o.manifest.id
  const guard = addressGuard({
    pluginId,
    allowLoopback: options.sandbox,
    allowedNetworks: options.allowedNetworks,
  })
  const secrets = pluginSecrets({
    pluginId,
    names: granted.secrets ?? [],
    encryption: options.encryption,
    ...(o.candidates ? { candidates: o.candidates } : {}),
  })
  const services: Record<string, unknown> = {}
  const closers: (() => void | Promise<void>)[] = []

  /** Every plugin may tell what came back about what is its own */
  services.facts = Object.freeze({
    report: (facts: unknown) => o.ports().reportFacts({ pluginId, facts }),
  })
  for (const capability of o.asked) {
    if (granted[capability] !== undefined) add(capability)
  }
  return {
    services: Object.freeze(services),
    secrets,
    async close() {
      for (const close of closers) await close()
    },
  }

  function add(capability: Capability): void {
    switch (capability) {
      case 'http': {
        const http = httpClient({
          pluginId,
          hosts: granted.http?.hosts ?? [],
          settings: o.settings,
          guard,
          secret: (name) => secrets.get(name),
          signal: o.signal,
        })
        closers.push(() => http.close())
        services.http = Object.freeze({
          request: (request: Parameters<typeof http.request>[0]) => http.request(request),
        })
        return
      }
      case 'tcp':
        services.tcp = Object.freeze(tcpDialer({ pluginId, guard, signal: o.signal }))
        return
      case 'secrets':
        services.secrets = Object.freeze({ get: (name: string) => secrets.get(name) })
        return
      case 'storage':
        services.storage = Object.freeze(pluginStorage({ pluginId }))
        return
      case 'database': {
        const database = pluginDatabase({
          pluginId,
          databaseUrl: options.databaseUrl(),
          key: options.key,
        })
        closers.push(() => database.close())
        services.database = Object.freeze({
          query: (sql: string, values?: readonly unknown[]) => database.query(sql, values),
        })
        return
      }
      case 'webhooks':
        services.webhooks = Object.freeze(
          webhookAddresses({ pluginId, names: granted.webhooks ?? [], appUrl: options.appUrl })
        )
        return
      case 'schedule':
        services.schedule = Object.freeze(
          taskScheduler({
            pluginId,
            tasks: o.manifest.contributes.tasks,
            addTask: (task) => o.ports().addTask(task),
          })
        )
        return
      case 'contacts':
        services.contacts = Object.freeze(
          contactFields({
            pluginId,
            fields: granted.contacts ?? [],
            readContacts: (query) => o.ports().readContacts(query),
          })
        )
        return
      case 'pages':
        return
    }
  }
}
