import logger from '@adonisjs/core/services/logger'
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'
import { JOB_LATENCY } from '#core/jobs/job_latency'
import { factSpool } from '#core/facts/fact_intake'
import { eventBuffer, spool } from '#core/tracking/intake/event_buffer'
import { jobLatencyValues, metricRows, type LatencyValue } from './metric_rows.js'

type Kind = 'counter' | 'gauge' | 'histogram'

/** What each series means, and the name of the word that tells its values apart */
const SERIES: Readonly<Record<string, { kind: Kind; help: string; label?: string }>> = {
  griot_deliveries_total: {
    kind: 'counter',
    help: 'Deliveries by what became of them, also of runs that are gone',
    label: 'outcome',
  },
  griot_deliveries_uncertain: {
    kind: 'gauge',
    help: 'Deliveries whose outcome nobody knows and no person decided on',
  },
  griot_deliveries_pending: { kind: 'gauge', help: 'Deliveries of live runs that wait to be sent' },
  griot_runs_live: { kind: 'gauge', help: 'Runs that are expanded or sent now', label: 'state' },
  griot_sending_per_second: { kind: 'gauge', help: 'Messages accepted, in the last full minute' },
  griot_workers: { kind: 'gauge', help: 'Worker processes that are there' },
  griot_lanes_blocked: { kind: 'gauge', help: 'Destinations and senders that are held back now' },
  griot_chunks: { kind: 'gauge', help: 'Chunks that are not done', label: 'state' },
  griot_jobs_waiting: {
    kind: 'gauge',
    help: 'Jobs that are due and that no worker has',
    label: 'task',
  },
  griot_jobs_failed: {
    kind: 'gauge',
    help: 'Jobs that were tried as often as they may be',
    label: 'task',
  },
  griot_jobs_oldest_seconds: {
    kind: 'gauge',
    help: 'Seconds that the oldest due job has waited',
    label: 'task',
  },
  griot_intake_waiting: { kind: 'gauge', help: 'tracking events in the memory of this process' },
  griot_intake_spooling: {
    kind: 'gauge',
    help: '1 while tracking events go to the spool: Postgres is away, or tracking events come faster than they are written',
  },
  griot_intake_lost_total: {
    kind: 'counter',
    help: 'tracking events lost since this process started',
  },
  griot_spool_events: { kind: 'gauge', help: 'tracking events in the spool of this machine' },
  griot_spool_facts: { kind: 'gauge', help: 'Facts of plugins in the spool of this machine' },
  griot_facts_parked: {
    kind: 'gauge',
    help: 'Facts of plugins about deliveries that nobody knows yet',
  },
  griot_spool_refused: {
    kind: 'gauge',
    help: 'Facts and tracking events that Postgres will never take, set aside for a person',
  },
  [JOB_LATENCY]: {
    kind: 'histogram',
    help: 'Seconds from the time at which a job was due to its start',
  },
}

type Value =
  LatencyValue | { readonly labels: Readonly<Record<string, string>>; readonly value: number }

/** Figures of a process. Its observers live as long as it does, so there is one */
export class ProcessMetrics {
  #registry: Registry | null = null

  async text(): Promise<string> {
    if (!this.#registry) {
      this.#registry = new Registry()
      collectDefaultMetrics({ register: this.#registry })
    }
    return this.#registry.metrics()
  }
}

const processMetrics = new ProcessMetrics()

/**
 * What Prometheus reads: the figures that all processes share, those of this process's intake and of this machine's spool, and
 * the usual ones of this process.
 *
 * @returns the text format of Prometheus, and its content type
 */
export async function metrics(): Promise<{ type: string; text: string }> {
  const [rows, latency, own] = await Promise.all([metricRows(), jobLatencyValues(), intakeRows()])
  const values = new Map<string, Value[]>([[JOB_LATENCY, latency]])
  for (const { name, of, value } of [...rows, ...own]) {
    const label = SERIES[name]?.label
    values.set(name, [
      ...(values.get(name) ?? []),
      { labels: label === undefined ? {} : { [label]: of }, value },
    ])
  }
  const shared = AggregatorRegistry.aggregate([
    Object.entries(SERIES)
      .filter(([name]) => values.has(name))
      .map(([name, { kind, help }]) => ({
        name,
        help,
        type: kind,
        aggregator: 'sum',
        values: values.get(name),
      })),
  ])
  return {
    type: shared.contentType,
    text: `${await shared.metrics()}${await processMetrics.text()}`,
  }
}

async function intakeRows() {
  const { waiting, spooling, lost } = eventBuffer.state()
  const rows = [
    { name: 'griot_intake_waiting', of: '', value: waiting },
    { name: 'griot_intake_spooling', of: '', value: spooling ? 1 : 0 },
    { name: 'griot_intake_lost_total', of: '', value: lost },
  ]
  try {
    const [trackingEvents, facts, refused, refusedFacts] = await Promise.all([
      spool.size(),
      factSpool.size(),
      spool.refusedCount(),
      factSpool.refusedCount(),
    ])
    return [
      ...rows,
      { name: 'griot_spool_events', of: '', value: trackingEvents },
      { name: 'griot_spool_facts', of: '', value: facts },
      { name: 'griot_spool_refused', of: '', value: refused + refusedFacts },
    ]
  } catch (error) {
    /** An absent series is what an alert sees; the others are told all the same */
    logger.warn({ err: error }, 'the spool could not be counted')
    return rows
  }
}
