import type { PluginContext, PluginDefinition } from '@griot/sdk'
import { PluginError, type PluginErrorCode } from '../errors.js'
import { redactedText, redactingLogger } from '../runtime/redacting_logger.js'
import type { KernelOptions } from '../runtime/kernel_options.js'
import { buildContext } from './build_context.js'
import { isPure, type ArgsOf, type CallName, type ResultOf } from './calls.js'
import { cross } from './crossing.js'
import type { PluginDescription } from './description.js'
import { Handles } from './handles.js'
import { perform, type RecordMessages } from './perform.js'
import type { Inhabitant, PluginHost } from './plugin_host.js'
import { runInPlugin } from './plugin_scope.js'

/** Runs a plugin in this process: for those that came with Griot, and while an author tries one */
export class InProcessHost implements PluginHost {
  readonly #handles = new Handles()

  constructor(
    private readonly o: {
      readonly definition: PluginDefinition
      readonly description: PluginDescription
      readonly plugin: Inhabitant
      readonly options: Pick<KernelOptions, 'logger' | 'clock' | 'crossing'>
      /** Aborted when the plugin is unloaded for good */
      readonly stop: AbortSignal
      /** Takes what simulators receive; only the Sandbox starts any */
      readonly record?: RecordMessages
    }
  ) {}

  get description(): PluginDescription {
    return this.o.description
  }

  get handles(): number {
    return this.#handles.size
  }

  async call<N extends CallName>(
    call: N,
    args: ArgsOf<N>,
    o: { readonly signal: AbortSignal }
  ): Promise<ResultOf<N>> {
    const { plugin, options, definition } = this.o
    const given = cross(args, options.crossing)
    let returned: unknown
    try {
      returned = runInPlugin({ pluginId: plugin.id, operation: call }, () =>
        perform({
          definition,
          handles: this.#handles,
          ctx: this.#contextOf(call, o.signal),
          call,
          args: given,
          record: this.o.record ?? (() => undefined),
        })
      )
      if (isPure(call) && returned instanceof Promise) {
        returned.catch(() => undefined)
        throw this.#error(
          call,
          'E_PLUGIN_WRONG_RESULT',
          'a promise came back from a function that must answer at once'
        )
      }
      returned = await returned
    } catch (cause) {
      throw this.#errorFrom(call, cause)
    }
    try {
      return cross(returned, options.crossing) as ResultOf<N>
    } catch (cause) {
      throw this.#error(
        call,
        'E_PLUGIN_WRONG_RESULT',
        `what came back is not plain data: ${(cause as Error).message}`
      )
    }
  }

  #contextOf(call: CallName, signal: AbortSignal): PluginContext {
    const { plugin, options, stop } = this.o
    return buildContext({
      plugin,
      logger: redactingLogger({
        logger: options.logger,
        pluginId: plugin.id,
        secrets: () => plugin.knownSecrets(),
      }),
      clock: options.clock,
      signal: AbortSignal.any([signal, stop]),
      operation: call,
      pure: isPure(call),
    })
  }

  /** An error of ours keeps its code; anything else is a bug of the plugin. Its words may hold a secret: not ours */
  #errorFrom(call: CallName, cause: unknown): PluginError {
    if (cause instanceof PluginError)
      return this.#error(call, cause.code, cause.detail, cause.cause)
    const message = cause instanceof Error ? cause.message : String(cause)
    return this.#error(call, 'E_PLUGIN_THREW', message, cause)
  }

  #error(call: CallName, code: PluginErrorCode, detail: string, cause?: unknown): PluginError {
    const { plugin } = this.o
    return new PluginError({
      code,
      pluginId: plugin.id,
      operation: call,
      detail: redactedText(detail, plugin.knownSecrets()),
      ...(cause === undefined ? {} : { cause }),
    })
  }
}
