import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { ThreadAnswer, ThreadTask } from './thread_task.js'
import { KEPT_SHARED } from './kept_shared.js'

/** Milliseconds that one task, or one item of it, may take */
const LIMIT_MS = 2_000
/** The same as processor time, in microseconds: on a machine that is busy with others an innocent task may wait */
const LIMIT_CPU = 1_600_000
/** Milliseconds after which a task ends even so */
const LONGEST_MS = 8_000
const LOOK_EVERY_MS = 100
/** Megabytes: MJML itself takes sixty */
const LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }

/** A thread was ended because its task went over a limit */
export class ThreadEndedError extends Error {
  constructor(
    readonly limit: 'time' | 'memory',
    /** Item of the task that it was at */
    readonly item: number
  ) {
    super(`A thread was ended: its task went over the limit of ${limit}`)
  }
}

/** One thread and what it does now. It is used for one task at a time, and never again once it was ended */
export class WorkingThread {
  readonly #worker: Worker
  readonly #progress = new Int32Array(new SharedArrayBuffer(8))
  readonly #known = new Set<string>()
  readonly #ready: Promise<void>
  #settle: { resolve(answer: ThreadAnswer): void; reject(error: Error): void } | null = null
  ended = false

  constructor() {
    const own = import.meta.url
    const typescript = own.endsWith('.ts')
    this.#worker = new Worker(new URL(typescript ? './thread.ts' : './thread.js', own), {
      workerData: { progress: this.#progress.buffer },
      resourceLimits: LIMITS,
      execArgv: typescript ? ['--import=@poppinss/ts-exec'] : [],
    })
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.once('message', () => resolve())
      this.#worker.once('exit', () => reject(new Error('A thread ended before it was ready')))
      this.#worker.once('error', reject)
    })
    this.#ready.catch(() => {})
    this.#worker.on('message', (answer: ThreadAnswer | 'ready') => {
      if (answer !== 'ready') this.#settle?.resolve(answer)
    })
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.ended = true
      this.#settle?.reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? this.#over('memory') : error)
    })
    this.#worker.on('exit', () => {
      this.ended = true
      this.#settle?.reject(new Error('A thread ended in the middle of its task'))
    })
    this.#worker.unref()
  }

  /** @throws ThreadEndedError when the task went over a limit */
  async run(task: ThreadTask): Promise<ThreadAnswer> {
    this.#worker.ref()
    try {
      await this.#ready
      const known = task.sharedKey !== null && this.#known.has(task.sharedKey)
      this.#remember(task.sharedKey)
      Atomics.store(this.#progress, 0, 0)
      const answer = new Promise<ThreadAnswer>((resolve, reject) => {
        this.#settle = { resolve, reject }
      })
      const over = new AbortController()
      try {
        this.#worker.postMessage({ ...task, shared: known ? undefined : task.shared })
        void this.#watch(over.signal)
        return await answer
      } finally {
        over.abort()
        this.#settle = null
      }
    } finally {
      this.#worker.unref()
    }
  }

  async end(): Promise<void> {
    this.ended = true
    await this.#worker.terminate()
  }

  #over(limit: 'time' | 'memory'): ThreadEndedError {
    return new ThreadEndedError(limit, Atomics.load(this.#progress, 0))
  }

  #remember(key: string | null): void {
    if (key === null) return
    this.#known.delete(key)
    this.#known.add(key)
    if (this.#known.size > KEPT_SHARED)
      this.#known.delete(this.#known.values().next().value as string)
  }

  /** Ends the thread when the item it is at takes too long; the time of each begins anew */
  async #watch(signal: AbortSignal): Promise<void> {
    let at = ''
    let since = Date.now()
    let cpuBefore = 0
    while (!signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { ref: false })
      if (signal.aborted) return
      const now = `${Atomics.load(this.#progress, 1)}.${Atomics.load(this.#progress, 0)}`
      if (now !== at) {
        at = now
        since = Date.now()
        cpuBefore = (await this.#cpu()) ?? 0
        continue
      }
      const waited = Date.now() - since
      if (waited < LIMIT_MS) continue
      const cpu = await this.#cpu()
      /** It does not even say: it is inside one long step */
      if (cpu !== null && cpu - cpuBefore < LIMIT_CPU && waited < LONGEST_MS) continue
      if (signal.aborted) return
      this.#settle?.reject(this.#over('time'))
      await this.end()
      return
    }
  }

  /** Microseconds of processor time of the thread; null when it does not answer at once */
  async #cpu(): Promise<number | null> {
    const asked = this.#worker
      .cpuUsage()
      .then(({ user, system }) => user + system)
      .catch(() => null)
    return Promise.race([asked, sleep(LOOK_EVERY_MS, null, { ref: false })])
  }
}
