import type { PluginContext } from '@griot/sdk'
import { buildContext } from './build_context.js'
import { PluginError, type PluginFailureCode } from '../errors.js'
import { runInPlugin } from './plugin_scope.js'
import { redactedText, redactingLogger } from './redacting_logger.js'
import { timeLimit } from './time_limit.js'
import type { KernelOptions } from './kernel_options.js'
import type { LoadedPlugin } from '../types.js'

type Call = {
  readonly loaded: LoadedPlugin
  readonly operation: string
  readonly options: Pick<KernelOptions, 'logger' | 'clock'>
}

/**
 * Runs a function of a plugin: context, time limit, attribution. Whatever goes wrong comes out as a PluginError.
 *
 * @param o.timeoutMs milliseconds; the context's signal is aborted when they are over
 * @param o.timeoutCode code of a late answer
 * @param o.signal the caller's own reason to give up: E_PLUGIN_ABORTED, which is nobody's fault
 */
export async function guardCall<T>(
  o: Call & {
    readonly timeoutMs: number
    readonly timeoutCode: PluginFailureCode
    readonly signal?: AbortSignal
  },
  fn: (ctx: PluginContext) => Promise<T> | T
): Promise<T> {
  const { loaded, operation } = o
  const own = new AbortController()
  const signal = AbortSignal.any([own.signal, loaded.stop.signal, ...(o.signal ? [o.signal] : [])])
  const error = (code: PluginFailureCode | 'E_PLUGIN_ABORTED', detail: string) =>
    new PluginError({ code, pluginId: loaded.id, operation, detail })
  try {
    return await timeLimit({
      timeoutMs: o.timeoutMs,
      run: () =>
        runInPlugin({ pluginId: loaded.id, operation }, () => fn(contextOf(o, signal, false))),
      expired: () => error(o.timeoutCode, `no answer within ${o.timeoutMs} ms`),
      threw: (cause) => pluginErrorFrom({ loaded, operation, cause }),
      ...(o.signal
        ? {
            aborted: {
              signal: o.signal,
              error: () => error('E_PLUGIN_ABORTED', 'the caller gave up'),
            },
          }
        : {}),
    })
  } finally {
    own.abort()
  }
}

/** Runs a pure function of a plugin, without any capability */
export function guardPure<T>(o: Call, fn: (ctx: PluginContext) => T): T {
  const { loaded, operation } = o
  let result: T
  try {
    result = runInPlugin({ pluginId: loaded.id, operation }, () =>
      fn(contextOf(o, loaded.stop.signal, true))
    )
  } catch (cause) {
    throw pluginErrorFrom({ loaded, operation, cause })
  }
  if (result instanceof Promise) {
    result.catch(() => undefined)
    throw new PluginError({
      code: 'E_PLUGIN_WRONG_RESULT',
      pluginId: loaded.id,
      operation,
      detail: 'a promise came back from a function that must answer at once',
    })
  }
  return result
}

function contextOf(o: Call, signal: AbortSignal, pure: boolean): PluginContext {
  const { loaded, operation, options } = o
  const logger = redactingLogger({
    logger: options.logger,
    pluginId: loaded.id,
    secrets: () => loaded.knownSecrets(),
  })
  return buildContext({ loaded, logger, clock: options.clock, signal, operation, pure })
}

/** An error of ours keeps its code; anything else is a bug of the plugin. Its words may hold a secret: not ours */
function pluginErrorFrom(o: {
  loaded: LoadedPlugin
  operation: string
  cause: unknown
}): PluginError {
  const { cause, loaded, operation } = o
  const message = redactedText(
    cause instanceof Error ? cause.message : String(cause),
    loaded.knownSecrets()
  )
  if (cause instanceof PluginError)
    return new PluginError({
      code: cause.code,
      pluginId: loaded.id,
      operation,
      detail: redactedText(cause.detail, loaded.knownSecrets()),
      cause: cause.cause,
    })
  return new PluginError({
    code: 'E_PLUGIN_THREW',
    pluginId: loaded.id,
    operation,
    detail: message,
    cause,
  })
}
