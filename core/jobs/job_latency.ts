import { Histogram } from 'prom-client'

/** Name of the histogram, as Prometheus knows it */
export const JOB_LATENCY = 'griot_job_latency_seconds'

/** Seconds; a job that a person waits for is in the first four */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/**
 * How late jobs begin: seconds between the time at which each was due and its start, by task. A worker has no HTTP, so what it
 * counts goes into the list of workers with its other figures, and is summed where it is read.
 */
export class JobLatency {
  readonly #histogram = new Histogram({
    name: JOB_LATENCY,
    help: 'Seconds from the time at which a job was due to its start',
    labelNames: ['task'],
    buckets: BUCKETS,
    registers: [],
  })

  /** @param dueAt the job's `run_at` */
  started(task: string, dueAt: Date, now: Date): void {
    this.#histogram.observe({ task }, Math.max(0, now.getTime() - dueAt.getTime()) / 1_000)
  }

  /** Counters by `<series> <task> <bucket>`; sum and count have no bucket */
  async counters(): Promise<Record<string, number>> {
    const { values } = await this.#histogram.get()
    return Object.fromEntries(
      values.map(({ metricName, labels, value }) => {
        const { task, le } = labels as { task?: string; le?: string | number }
        return [[metricName, task, le].filter((part) => part !== undefined).join(' '), value]
      })
    )
  }

  /** Begins anew: what was counted is kept elsewhere */
  reset(): void {
    this.#histogram.reset()
  }
}
