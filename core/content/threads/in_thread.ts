import { availableParallelism } from 'node:os'
import { TemplateInvalidError } from '../errors.js'
import type { ThreadAnswer, ThreadTask } from './thread_task.js'
import { ThreadEndedError, WorkingThread } from './working_thread.js'

type Waiting = {
  readonly task: ThreadTask
  resolve(answer: ThreadAnswer): void
  reject(error: unknown): void
}

/** Threads at once: two at least, so that one account is never in everybody's way */
const THREADS = Math.max(2, availableParallelism())

/**
 * Threads for what clients wrote, shared fairly: an account has one of them at a time, and the accounts that wait take turns. What one of them costs
 * is so taken from that account alone.
 */
class Threads {
  readonly #idle: WorkingThread[] = []
  readonly #waiting = new Map<string, Waiting[]>()
  readonly #busy = new Set<string>()

  run(accountId: string, task: ThreadTask): Promise<ThreadAnswer> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(accountId)
      const waiting = { task, resolve, reject }
      if (queue) queue.push(waiting)
      else this.#waiting.set(accountId, [waiting])
      this.#next()
    })
  }

  /** Tasks of an account that wait */
  waiting(accountId: string): number {
    return this.#waiting.get(accountId)?.length ?? 0
  }

  #next(): void {
    if (this.#busy.size >= THREADS) return
    for (const [accountId, queue] of this.#waiting) {
      if (this.#busy.has(accountId)) continue
      const waiting = queue.shift() as Waiting
      /** Behind the others, when it has more */
      this.#waiting.delete(accountId)
      if (queue.length > 0) this.#waiting.set(accountId, queue)
      this.#busy.add(accountId)
      void this.#work(waiting).finally(() => {
        this.#busy.delete(accountId)
        this.#next()
      })
      return this.#next()
    }
  }

  async #work({ task, resolve, reject }: Waiting): Promise<void> {
    let thread = this.#idle.pop()
    while (thread?.ended) thread = this.#idle.pop()
    thread ??= new WorkingThread()
    try {
      resolve(await thread.run(task))
    } catch (error) {
      reject(error)
    }
    if (!thread.ended) this.#idle.push(thread)
  }
}

const threads = new Threads()

/** Tasks for which somebody of an account sits before a page and waits */
const MOST_WAITING = 30

/**
 * Runs a function of a module in a thread. Time (2 s for a task, or for each item that it says it is at), memory and stack are limited; over them the
 * thread is ended.
 *
 * @param o.module where the function is; its arguments are the input, what is shared, and a function to say which item it is at
 * @param o.accountId whose work it is
 * @param o.shared what several tasks have in common, by a name: sent to each thread once
 * @param o.turn what is asked for on a page is refused when the account has asked for much already; sending waits for its turn
 * @throws TemplateInvalidError when the function refused its input, or went over a limit (its cause is then a ThreadEndedError)
 */
export async function inThread<Value>(o: {
  module: URL
  name: string
  accountId: string
  input: unknown
  shared?: { readonly key: string; readonly value: unknown }
  turn?: 'page' | 'sending'
}): Promise<Value> {
  const { module, name, accountId, input } = o
  if (o.turn !== 'sending' && threads.waiting(accountId) >= MOST_WAITING)
    throw new TemplateInvalidError({ reason: 'busy', line: null, detail: String(MOST_WAITING) })
  let answer: ThreadAnswer
  try {
    answer = await threads.run(accountId, {
      module: module.href,
      name,
      input,
      sharedKey: o.shared?.key ?? null,
      shared: o.shared?.value,
    })
  } catch (error) {
    if (!(error instanceof ThreadEndedError)) throw error
    throw new TemplateInvalidError({
      reason: error.limit === 'time' ? 'too_much_work' : 'too_much_memory',
      line: null,
      detail: '',
      cause: error,
    })
  }
  if (answer.ok) return answer.value as Value
  if ('refusal' in answer) throw new TemplateInvalidError(answer.refusal)
  throw new Error(`A thread failed: ${answer.message}`)
}
