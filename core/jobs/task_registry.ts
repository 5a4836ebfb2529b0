import type { JobHelpers } from 'graphile-worker'

/** Names of the jobs of this installation. Each domain declares its own, with their payloads, beside its tasks */
export type JobName = keyof GraphileWorker.Tasks & string

/** What a task does with one job. The payload carries ids only and is parsed by the task: old rows may have old shapes */
export type TaskHandler = (payload: unknown, helpers: JobHelpers) => Promise<void>

/**
 * Which of a worker's queues takes a task, each with hands of its own, so that none waits for another: `prompt` for what a person
 * waits for, `bulk` for slices of sending that last, `plugins` for what plugins do on their own and may take minutes, `ordinary`
 * for the rest.
 */
export type TaskLane = 'prompt' | 'ordinary' | 'bulk' | 'plugins'

/** A task that also runs by the clock, with an ordinary cron line in UTC */
export type TaskDefinition = {
  readonly name: JobName
  readonly handler: TaskHandler
  readonly cron?: string
  /** `ordinary` unless told */
  readonly lane?: TaskLane
}

/** The tasks that this installation knows. Domains add theirs at boot, through start/domains */
export class TaskRegistry {
  #tasks = new Map<string, TaskDefinition>()

  /** @throws Error when two tasks have one name */
  add(task: TaskDefinition): this {
    if (this.#tasks.has(task.name)) throw new Error(`Task ${task.name} is defined twice`)
    this.#tasks.set(task.name, task)
    return this
  }

  all(): readonly TaskDefinition[] {
    return [...this.#tasks.values()]
  }

  in(lane: TaskLane): readonly TaskDefinition[] {
    return this.all().filter((task) => (task.lane ?? 'ordinary') === lane)
  }
}

/** The one registry of the process */
export const tasks = new TaskRegistry()
