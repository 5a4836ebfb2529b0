import { currentPlugin } from '../hosts/plugin_scope.js'
import type { KernelLogger } from '../runtime/kernel_options.js'
import type { PluginFailure } from './record_failure.js'

/**
 * Keeps the process alive when code that a plugin left running throws: a forgotten promise, a timer. Node remembers in
 * whose scope it was started. What belongs to no plugin ends the process, as it would without us.
 */
export class ProcessGuard {
  constructor(
    private readonly o: { onFailure: (failure: PluginFailure) => unknown; logger: KernelLogger }
  ) {}

  readonly #rejected = (reason: unknown) => {
    if (!this.#blamed(reason, 'left a promise that was rejected')) throw reason
  }
  readonly #thrown = (error: unknown) => {
    if (this.#blamed(error, 'threw outside of any call')) return
    this.stop()
    this.o.logger.error({ err: error }, 'Uncaught error')
    /** Listeners are gone: thrown again it ends the process as Node does, with the trace on stderr */
    setImmediate(() => {
      throw error
    })
  }

  start(): void {
    process.on('unhandledRejection', this.#rejected)
    process.on('uncaughtException', this.#thrown)
  }

  stop(): void {
    process.off('unhandledRejection', this.#rejected)
    process.off('uncaughtException', this.#thrown)
  }

  #blamed(reason: unknown, what: string): boolean {
    const scope = currentPlugin()
    if (!scope) return false
    const message = reason instanceof Error ? reason.message : String(reason)
    this.o.onFailure({
      pluginId: scope.pluginId,
      code: 'E_PLUGIN_UNHANDLED',
      operation: scope.operation,
      detail: `${what}: ${message}`,
    })
    return true
  }
}
