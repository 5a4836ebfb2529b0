import type { TaskScheduler } from '@griot/sdk'
import { PluginError } from '../errors.js'
import type { KernelPorts } from '../runtime/kernel_options.js'

/** Queues the plugin's own tasks, through the port that the job queue fills */
export function taskScheduler(o: {
  pluginId: string
  tasks: readonly string[]
  addTask: KernelPorts['addTask']
}): TaskScheduler {
  return {
    async add(task, payload = {}, options = {}) {
      if (!o.tasks.includes(task)) {
        throw new PluginError({
          code: 'E_PLUGIN_NOT_GRANTED',
          pluginId: o.pluginId,
          operation: 'schedule',
          detail: `the task "${task}" is not in the manifest's contributes.tasks (${o.tasks.join(', ')})`,
        })
      }
      await o.addTask({
        pluginId: o.pluginId,
        task,
        payload,
        ...(options.runAt ? { runAt: options.runAt } : {}),
        ...(options.key ? { key: options.key } : {}),
      })
    },
  }
}
