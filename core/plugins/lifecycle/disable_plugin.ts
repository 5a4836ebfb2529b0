import type { Actor } from '#core/database/actor'
import { announce } from './events.js'
import type { PluginKernel } from '../plugin_kernel.js'
import { OUT_OF_QUARANTINE, updatePluginRow } from '../discovery/plugin_rows.js'
import { requireRow } from './require_verb.js'
import type { UsablePlugin } from '../types.js'
import { withPluginLock } from './with_plugin_lock.js'

/**
 * Disables a plugin in every process. Always possible, also when its code cannot be imported: jobs are held back at
 * once, calls in flight end by themselves, then the disable hook runs if it can. Its data stays.
 */
export async function disablePlugin(o: {
  kernel: PluginKernel
  id: string
  by: Actor
}): Promise<void> {
  const { kernel, id } = o
  const before = await kernel.find(id)
  const row = requireRow(before, 'disable')
  await updatePluginRow(id, { desired: 'disabled', operation_error: null, ...OUT_OF_QUARANTINE })
  await kernel.refresh()

  const running = before.status === 'enabled' || before.status === 'degraded'
  if (running) {
    await withPluginLock(
      { databaseUrl: kernel.options.databaseUrl(), id, operation: 'disable' },
      () =>
        kernel.calls
          .withPlugin({ found: before.found as UsablePlugin, row }, async (loaded) => {
            await kernel.calls.on(loaded, 'hooks.disable', null, {
              timeoutMs: kernel.options.bootTimeoutMs,
            })
          })
          /** Written down already; a plugin cannot refuse to be disabled */
          .catch(() => undefined)
    )
  }
  announce('plugin:disabled', { pluginId: id, by: o.by })
}
