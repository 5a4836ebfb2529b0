import type { Device, EventKind, Verdict } from '../delivery_event.js'

/** Columns of campaign_runs that events move */
export const RUN_COLUMNS = [
  'opened',
  'opened_bot',
  'opened_unique',
  'opened_unverified',
  'clicked',
  'clicked_bot',
  'clicked_unique',
  'unsubscribed',
  'complained',
  'replied',
  'delivered',
  'bounced',
  'visits',
  'dwell_ms',
] as const
export const SERIES_COLUMNS = [
  'opened',
  'clicked',
  'opened_bot',
  'clicked_bot',
  'unsubscribed',
] as const
/** Columns of run_destinations that count contacts, once each */
export const DESTINATION_COLUMNS = [
  'delivered',
  'bounced',
  'opened',
  'clicked',
  'unsubscribed',
  'complained',
] as const

type Counts<Column extends string> = Partial<Record<Column, number>>
export type RunColumn = (typeof RUN_COLUMNS)[number]
export type DestinationColumn = (typeof DESTINATION_COLUMNS)[number]
/** One line of a rollup: the run, the rest of its key, and by how much each column moves */
export type Delta<Key, Column extends string> = {
  readonly runId: number
  readonly key: Key
  readonly by: Counts<Column>
}

/** What a batch of events changes in the rollups, summed before it is written: a line of a rollup is written once a batch */
export class CounterDeltas {
  readonly runs = new Map<string, Delta<null, RunColumn>>()
  readonly series = new Map<string, Delta<number, (typeof SERIES_COLUMNS)[number]>>()
  readonly links = new Map<string, Delta<number, 'clicks' | 'bot_clicks'>>()
  readonly devices = new Map<string, Delta<Device, 'opened' | 'clicked'>>()
  readonly destinations = new Map<string, Delta<string, DestinationColumn>>()
  readonly refusals = new Map<string, Delta<string, 'deliveries'>>()

  /** A tracking event that is counted (1), or was counted and is not any more (-1) */
  trackingEvent(
    o: { runId: number; kind: EventKind; link: number | null; at: Date },
    classified: { readonly verdict: Verdict; readonly device: Device },
    sign: 1 | -1
  ): void {
    if (o.kind !== 'opened' && o.kind !== 'clicked') return
    const column = columnOf(o.kind, classified.verdict)
    this.run(o.runId, column, sign)
    add(this.series, o.runId, minuteOf(o.at), column, sign)
    add(this.devices, o.runId, classified.device, o.kind, sign)
    if (o.kind === 'clicked' && o.link !== null)
      add(this.links, o.runId, o.link, classified.verdict === 'bot' ? 'bot_clicks' : 'clicks', sign)
  }

  /** A contact for whom something is true now (1), or is not any more (-1) */
  contact(runId: number, destination: string, column: DestinationColumn, sign: 1 | -1): void {
    add(this.destinations, runId, destination, column, sign)
    switch (column) {
      case 'opened':
        return this.run(runId, 'opened_unique', sign)
      case 'clicked':
        return this.run(runId, 'clicked_unique', sign)
      case 'delivered':
      case 'bounced':
      case 'unsubscribed':
      case 'complained':
        return this.run(runId, column, sign)
    }
  }

  unsubscribed(runId: number, at: Date): void {
    add(this.series, runId, minuteOf(at), 'unsubscribed', 1)
  }

  refused(runId: number, reason: string): void {
    add(this.refusals, runId, reason, 'deliveries', 1)
  }

  run(runId: number, column: RunColumn, by: number): void {
    add(this.runs, runId, null, column, by)
  }

  /** Runs whose rows are touched, in the order in which they are locked */
  runIds(): number[] {
    const maps = [
      this.runs,
      this.series,
      this.links,
      this.devices,
      this.destinations,
      this.refusals,
    ]
    const ids = new Set(maps.flatMap((map) => [...map.values()].map((delta) => delta.runId)))
    return [...ids].sort((a, b) => a - b)
  }
}

const columnOf = (kind: 'opened' | 'clicked', verdict: Verdict) =>
  verdict === 'bot' ? (`${kind}_bot` as const) : kind

const minuteOf = (at: Date) => Math.floor(at.getTime() / 60_000) * 60_000

function add<Key, Column extends string>(
  lines: Map<string, Delta<Key, Column>>,
  runId: number,
  key: Key,
  column: Column,
  by: number
): void {
  const id = `${runId} ${key}`
  let line = lines.get(id)
  if (!line) lines.set(id, (line = { runId, key, by: {} }))
  line.by[column] = (line.by[column] ?? 0) + by
}
