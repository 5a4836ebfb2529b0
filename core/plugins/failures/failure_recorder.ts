import type { PluginError } from '../errors.js'
import { announce } from '../lifecycle/events.js'
import type { KernelOptions } from '../runtime/kernel_options.js'
import { isFailureCode, recordFailure, type PluginFailure } from './record_failure.js'

type Options = {
  readonly kernel: KernelOptions
  /** Called once, by the process whose failure it was; the others read it from the database */
  readonly onQuarantine: (failure: PluginFailure) => void
}

/** Writes failures of plugins down. Nobody who meets one has to wait for it, and none of it is lost when the process ends */
export class FailureRecorder {
  #writing = new Set<Promise<unknown>>()

  constructor(private readonly o: Options) {}

  /** Never throws: whoever records has an error of its own already */
  record(failure: PluginFailure | PluginError): Promise<void> {
    const work = this.#write(failure).catch((error: unknown) =>
      this.o.kernel.logger.error(
        { plugin: failure.pluginId, err: error },
        'Could not write down the failure of a plugin'
      )
    )
    this.#writing.add(work)
    return work.finally(() => this.#writing.delete(work))
  }

  /** Resolves when everything that was recorded is written */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#writing)
  }

  async #write(failure: PluginFailure | PluginError): Promise<void> {
    const { pluginId, code, operation, detail } = failure
    if (!isFailureCode(code)) return
    const { logger, failures } = this.o.kernel
    logger.warn({ plugin: pluginId, code, operation, detail }, 'A plugin failed')
    const { quarantined } = await recordFailure({ pluginId, code, operation, detail }, failures)
    if (!quarantined) return

    logger.error({ plugin: pluginId, code }, 'A plugin went into quarantine')
    announce('plugin:quarantined', { pluginId, code, reason: detail })
    this.o.onQuarantine({ pluginId, code, operation, detail })
  }
}
