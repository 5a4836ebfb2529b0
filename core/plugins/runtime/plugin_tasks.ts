import { sql } from '#core/database/sql'
import { PluginError } from '../errors.js'
import type { PluginKernel } from '../plugin_kernel.js'

/** What a job of a plugin carries. Ids only: the plugin's own payload is checked by the plugin */
export type PluginTaskPayload = {
  readonly pluginId: string
  readonly task: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** Milliseconds for one task of a plugin */
const TASK_MS = 5 * 60_000

/**
 * Runs one queued task of a plugin. Jobs carry the flag `plugin:<id>`, so this is only reached while it is enabled.
 *
 * @throws PluginError, E_PLUGIN_UNKNOWN_CALL when it has no such task any more; the job queue tries again
 */
export async function runPluginTask(o: {
  kernel: PluginKernel
  payload: unknown
  signal?: AbortSignal
}): Promise<void> {
  const { pluginId, task, payload } = parsed(o.payload)
  await o.kernel.calls.call(pluginId, `tasks.${task}`, payload, {
    timeoutMs: TASK_MS,
    ...(o.signal ? { signal: o.signal } : {}),
  })
}

/**
 * What is due every minute: tasks that manifests ask for by the clock, another look at degraded plugins, and the end
 * of old notes. Safe to run twice in a minute: a task's key names its slot.
 */
export async function tickPlugins(o: { kernel: PluginKernel }): Promise<void> {
  const { kernel } = o
  const minute = Math.floor(kernel.options.clock.now().getTime() / 60_000)
  for (const plugin of await kernel.survey()) {
    if (
      plugin.status === 'degraded' &&
      kernel.enabledPlugins().some(({ id }) => id === plugin.id)
    ) {
      await kernel.calls
        .checkHealth(plugin.id)
        .catch((error: unknown) =>
          kernel.options.logger.warn(
            { plugin: plugin.id, err: error },
            'Could not examine a plugin'
          )
        )
    }
    if (plugin.status !== 'enabled') continue
    for (const { task, everyMinutes } of plugin.found?.manifest?.contributes.cron ?? []) {
      if (minute % everyMinutes === 0) {
        await kernel.ports().addTask({
          pluginId: plugin.id,
          task,
          payload: {},
          key: `${task}:${minute / everyMinutes}`,
        })
      }
    }
  }
  await sql(`delete from plugin_storage where expires_at < now()`)
  await sql(`delete from plugin_failures where at < now() - interval '30 days'`)
  await sql(`delete from plugin_webhook_calls where received_at < now() - interval '14 days'`)
}

function parsed(payload: unknown): PluginTaskPayload {
  const given = payload as Partial<PluginTaskPayload> | null
  if (typeof given?.pluginId === 'string' && typeof given.task === 'string')
    return { pluginId: given.pluginId, task: given.task, payload: given.payload ?? {} }
  throw new PluginError({
    code: 'E_PLUGIN_UNKNOWN',
    pluginId: '?',
    operation: 'task',
    detail: 'the job names no plugin or no task',
  })
}
