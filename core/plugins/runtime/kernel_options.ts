import type { FactsAnswer } from '@griot/sdk'
import type { PluginFolders } from '../discovery/discover_plugins.js'
import type { Crossing } from '../hosts/crossing.js'
import { PluginError } from '../errors.js'
import type { FailureBudget } from '../failures/record_failure.js'

/** A logger as pino and Adonis have it */
export type KernelLogger = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Encrypts at rest; a value can only be read back with the purpose it was written with */
export type KernelEncryption = {
  encrypt(value: unknown, options: { purpose: string }): string
  decrypt<T>(cipher: string, purpose: string): T | null
}

export type KernelOptions = {
  readonly folders: PluginFolders
  readonly hostVersion: string
  readonly databaseUrl: () => string
  /** Public address, with which webhook addresses begin */
  readonly appUrl: string
  readonly logger: KernelLogger
  readonly encryption: KernelEncryption
  /** Key from which the passwords of the plugins' database roles are derived */
  readonly key: string
  readonly clock: { now(): Date }
  /** Only bundled plugins are started */
  readonly safeMode: boolean
  /** Simulators run, and loopback addresses may be dialled */
  readonly sandbox: boolean
  /** Private networks (CIDR) that plugins may dial all the same: an operator's SMSC behind a tunnel, for instance */
  readonly allowedNetworks: readonly string[]
  /** How data crosses to plugins in this process: as it is unless told */
  readonly crossing: Crossing
  /** Milliseconds for an import or for the enable hook; 5,000 unless told */
  readonly bootTimeoutMs: number
  /** Milliseconds for a call that sets no limit of its own; 30,000 unless told */
  readonly callTimeoutMs: number
  /** Five failures in a minute unless told */
  readonly failures: FailureBudget
  /** Milliseconds for which a plugin may block the event loop; 5,000 unless told, 0 switches the watchdog off */
  readonly blockedLimitMs: number
}

/** What higher domains put in: the kernel of plugins knows neither jobs nor campaigns nor contacts */
export type KernelPorts = {
  /** Queues a task of a plugin */
  readonly addTask: (o: {
    readonly pluginId: string
    readonly task: string
    readonly payload: Readonly<Record<string, unknown>>
    readonly runAt?: Date
    readonly key?: string
  }) => Promise<void>
  /** Whether something that is not finished needs the plugin: runs, payments, milestones */
  readonly hasOpenWork: (pluginId: string) => Promise<boolean>
  /**
   * Takes facts that a plugin reports, as it gave them. Durable when it resolves.
   *
   * @throws E_PLUGIN_WRONG_RESULT when one of them is no fact
   */
  readonly reportFacts: (o: {
    readonly pluginId: string
    readonly facts: unknown
  }) => Promise<FactsAnswer>
  /** Contact fields of the recipients of deliveries that go through the plugin */
  readonly readContacts: (o: {
    readonly pluginId: string
    readonly deliveryIds: readonly string[]
    readonly fields: readonly string[]
  }) => Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>>
}

/** Defaults of the numbers, to spread under what an installation sets */
export const KERNEL_DEFAULTS = {
  allowedNetworks: [],
  crossing: 'by_reference',
  bootTimeoutMs: 5_000,
  callTimeoutMs: 30_000,
  failures: { limit: 5, windowMs: 60_000 },
  blockedLimitMs: 5_000,
} as const

/** What was offered; a port that nobody filled fails when a plugin uses it (E_PLUGIN_PORT) */
export function offeredPorts(offered: Partial<KernelPorts>): KernelPorts {
  const missing = (name: string) => () => {
    throw new PluginError({
      code: 'E_PLUGIN_PORT',
      pluginId: '*',
      operation: name,
      detail: `nothing was put into the port "${name}". start/domains fills it`,
    })
  }
  return {
    addTask: offered.addTask ?? missing('addTask'),
    readContacts: offered.readContacts ?? missing('readContacts'),
    reportFacts: offered.reportFacts ?? missing('reportFacts'),
    hasOpenWork: offered.hasOpenWork ?? (async () => false),
  }
}
