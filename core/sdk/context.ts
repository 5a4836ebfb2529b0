import type { CapabilitiesList, Capability } from './capabilities.js'
import type { FactsReporter } from './facts.js'

/** Log lines carry ids and codes. Never an address, a message or a secret */
export interface PluginLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

type Intersection<U> = (U extends unknown ? (value: U) => void : never) extends (
  value: infer I
) => void
  ? I
  : never

/** What every function of a plugin receives first */
export type PluginContext<C extends Capability = never, Settings = unknown> = {
  readonly plugin: { readonly id: string; readonly version: string }
  readonly settings: Readonly<Settings>
  readonly logger: PluginLogger
  /** Time comes from here, so that a test can set it */
  readonly clock: { now(): Date }
  /** Tells the kernel what came back from the far side. Absent in pure functions */
  readonly facts: FactsReporter
  /** Aborted when the kernel gives up on the call, or the process stops */
  readonly signal: AbortSignal
} & ([C] extends [never] ? unknown : Intersection<CapabilitiesList[C]>)
