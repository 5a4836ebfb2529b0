import { AsyncLocalStorage } from 'node:async_hooks'

/** Whose code is running: an unhandled rejection is put down to this plugin */
export type PluginScope = { readonly pluginId: string; readonly operation: string }

const scopes = new AsyncLocalStorage<PluginScope>()

/** Runs code of a plugin, so that all that it starts is known to be its own */
export function runInPlugin<T>(scope: PluginScope, run: () => T): T {
  return scopes.run(scope, run)
}

/** @returns the plugin whose code, or whose left-over, is running now */
export function currentPlugin(): PluginScope | null {
  return scopes.getStore() ?? null
}
