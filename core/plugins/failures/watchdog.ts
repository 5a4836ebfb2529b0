import { Worker } from 'node:worker_threads'
import type { KernelLogger } from '../runtime/kernel_options.js'

/** Layout of the memory that both threads share: a counter, the length of a name, the name */
export const WATCHDOG_BYTES = 8 + 64
const BEAT_MS = 250

export type WatchedPlugin = { readonly id: string; readonly folder: string }
export type WatchdogData = {
  readonly memory: SharedArrayBuffer
  readonly limitMs: number
  readonly databaseUrl: string
}

/**
 * Watches for a plugin that blocks the event loop, which no timer in this thread could notice. The main thread counts
 * up; a second thread looks at the count. When it stands still for too long, that thread asks the debugger whose code
 * runs, puts the plugin into quarantine over a connection of its own and ends the process, which the supervisor
 * starts again.
 */
export class Watchdog {
  #memory = new SharedArrayBuffer(WATCHDOG_BYTES)
  #counter = new Int32Array(this.#memory, 0, 2)
  #name = new Uint8Array(this.#memory, 8)
  #text = new TextEncoder()
  #thread: Worker | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(private readonly o: { limitMs: number; databaseUrl: string; logger: KernelLogger }) {}

  /** @param plugins told to the thread again and again, so that it knows folders of plugins that came later */
  start(plugins: () => readonly WatchedPlugin[]): void {
    /**
     * In development the thread is TypeScript whose types Node takes away itself. The flags of the process are
     * not for it, and its heap stays small.
     */
    const source = import.meta.url.endsWith('.ts')
    const data: WatchdogData = {
      memory: this.#memory,
      limitMs: this.o.limitMs,
      databaseUrl: this.o.databaseUrl,
    }
    const thread = new Worker(
      new URL(`./watchdog_thread.${source ? 'ts' : 'js'}`, import.meta.url),
      {
        workerData: data,
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
      }
    )
    thread.unref()
    thread.on('error', (error) =>
      this.o.logger.error({ err: error }, 'The watchdog of plugins died')
    )
    this.#thread = thread

    let told = ''
    this.#timer = setInterval(() => {
      Atomics.add(this.#counter, 0, 1)
      const list = plugins()
      const key = list.map((plugin) => plugin.folder).join()
      if (key !== told) thread.postMessage(list)
      told = key
    }, BEAT_MS)
    this.#timer.unref()
  }

  /** Names the plugin whose code begins now: the guess when the debugger cannot tell */
  entered(pluginId: string): void {
    const { written } = this.#text.encodeInto(pluginId, this.#name)
    Atomics.store(this.#counter, 1, written)
  }

  left(): void {
    Atomics.store(this.#counter, 1, 0)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#thread?.terminate()
    this.#thread = null
  }
}
