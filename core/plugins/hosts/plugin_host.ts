import type { ArgsOf, CallName, ResultOf } from './calls.js'
import type { PluginDescription } from './description.js'

/**
 * Where the code of one plugin runs. The kernel has nothing of a plugin but this: what it is, as plain data, and calls by name.
 * Limits of time, the list of failures and quarantine are the kernel's; they stand before this.
 */
export interface PluginHost {
  readonly description: PluginDescription

  /**
   * Calls one function of the plugin.
   *
   * @param o.signal aborted when the kernel gives up on the call
   * @throws PluginError; E_PLUGIN_UNKNOWN_CALL when the plugin has no such function, E_PLUGIN_HANDLE_GONE when a handle names
   *   nothing that lives here
   */
  call<N extends CallName>(
    call: N,
    args: ArgsOf<N>,
    o: { readonly signal: AbortSignal }
  ): Promise<ResultOf<N>>

  /** Whether objects live here that were not given back: the host must stay until they are */
  readonly handles: number
}

/** What a plugin's functions are given, and by which name it goes */
export type Inhabitant = {
  readonly id: string
  readonly version: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Granted capabilities by name of the context's key */
  readonly services: Readonly<Record<string, unknown>>
  /** Values of secrets that were read so far, to blot them out */
  knownSecrets(): readonly string[]
}
