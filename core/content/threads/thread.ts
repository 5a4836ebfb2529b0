/*
| One thread that does work on what clients wrote. It has no connection and no secret but the key that links are signed with, and may be ended at any
| moment. What a series of tasks shares (the frozen content of a run) is sent once and kept for the next of them.
*/
import { parentPort, workerData } from 'node:worker_threads'
import { TemplateInvalidError } from '../errors.js'
import type { ThreadAnswer, ThreadTask } from './thread_task.js'
import { KEPT_SHARED } from './kept_shared.js'

const progress = new Int32Array((workerData as { progress: SharedArrayBuffer }).progress)
const kept = new Map<string, unknown>()

async function work(task: ThreadTask): Promise<ThreadAnswer> {
  const shared = sharedOf(task)
  try {
    const module = (await import(task.module)) as Record<string, (...args: unknown[]) => unknown>
    /** From here on its time counts, not while the module is read */
    Atomics.add(progress, 1, 1)
    const done = await module[task.name](task.input, shared, (item: number) =>
      Atomics.store(progress, 0, item)
    )
    return { ok: true, value: done }
  } catch (error) {
    if (error instanceof TemplateInvalidError) return { ok: false, refusal: error.refusal }
    return {
      ok: false,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }
  }
}

/** The one used longest ago goes first, here as at the other end */
function sharedOf(task: ThreadTask): unknown {
  if (task.sharedKey === null) return null
  const value = task.shared ?? kept.get(task.sharedKey)
  kept.delete(task.sharedKey)
  kept.set(task.sharedKey, value)
  if (kept.size > KEPT_SHARED) kept.delete(kept.keys().next().value as string)
  return value
}

parentPort?.on('message', (task: ThreadTask) => {
  void work(task).then((answer) => parentPort?.postMessage(answer))
})
parentPort?.postMessage('ready')
