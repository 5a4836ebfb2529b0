import { parseArgs } from 'node:util'
import type { Measure } from './measure.js'

export const BENCHES: Readonly<Record<string, Measure>> = {
  'import': {
    about:
      'import a file of contacts into an empty account: rows a second from the file to contacts and list, memory before and at most',
    options: { rows: 1_000_000 },
    load: async () => (await import('#tests/bench/import')).benchImport,
  },
  'delivery': {
    about:
      'send a campaign to a local mail server: messages a second of the whole line beside the ceiling of a bare client, time to the first message, processor time, memory',
    options: { recipients: 100_000, workers: 1, dkim: false },
    load: async () => (await import('#tests/bench/delivery')).benchDelivery,
  },
  'expand': {
    about:
      'freeze the audience of a campaign: rows a second beside one bare INSERT … SELECT of the same rows with the same keys',
    options: { recipients: 1_000_000 },
    load: async () => (await import('#tests/bench/expand')).benchExpand,
  },
  'fairness': {
    about:
      'a campaign of a hundred alone, and beside a very large one of another account: seconds from launch to finished',
    options: { recipients: 1_000_000, workers: 1 },
    load: async () => (await import('#tests/bench/fairness')).benchFairness,
  },
  'memory': {
    about: 'peak memory of a worker that sends 10,000 messages, and of one that sends a million',
    options: { recipients: 1_000_000 },
    load: async () => (await import('#tests/bench/memory')).benchMemory,
  },
  'redirect': {
    about:
      'follow links: clicks a second beside a bare Node http redirect under the same load, then the time of a click at 500 a second while a campaign is sent, beside a bare one again',
    options: { seconds: 10, recipients: 200_000 },
    load: async () => (await import('#tests/bench/redirect')).benchRedirect,
  },
  'first-visit': {
    about:
      'look at the five most used pages in Chromium with an empty cache, then once more: kB over the wire and requests of each',
    options: {},
    load: async () => (await import('#tests/bench/first_visit')).benchFirstVisit,
  },
  'intake': {
    about:
      'hear openings and clicks of a large run: events a second through buffer, classifier, counters and rollups, beside a bare unnest insert of the same rows; and a storm of as many, heard by the spool',
    options: { events: 300_000 },
    load: async () => (await import('#tests/bench/intake')).benchIntake,
  },
  'facts': {
    about:
      'receipts of a large run, reported as webhooks bring them, a tenth of them twice: facts a second from the report to states, counters and suppressions, and the time of a report',
    options: { facts: 200_000, each: 20 },
    load: async () => (await import('#tests/bench/facts')).benchFacts,
  },
  'report': {
    about:
      'read the page, the report and the list of campaigns as a signed-in client: 95 of 100 answers at 10,000 deliveries, and at very many with three events each',
    options: { deliveries: 1_000_000, requests: 60 },
    load: async () => (await import('#tests/bench/report')).benchReport,
  },
}

/** Each ends with one line of figures; `failed` lists the invariants that broke, and any makes the exit code 1 */
export const FAULTS: Readonly<Record<string, Measure>> = {
  kill: {
    about:
      'SIGKILL of random workers during a campaign against a counting mail server: nobody lost, nobody twice, what nobody can know is named',
    options: { kills: 100, recipients: 100_000, workers: 4 },
    quick: { kills: 4, recipients: 6_000, workers: 2 },
    load: async () => (await import('#tests/faults/kill')).killWorkers,
  },
  points: {
    about:
      'SIGKILL of the worker just before and just after each statement and each write to the mail server of a whole run, a run for each',
    options: { recipients: 200, most: 100_000 },
    quick: { recipients: 40, most: 2 },
    load: async () => (await import('#tests/faults/points')).killAtEveryPoint,
  },
  postgres: {
    about:
      'the database is restarted, crashes and refuses connections for seconds during a campaign: workers wait and go on',
    options: { restarts: 9, recipients: 40_000, workers: 2 },
    quick: { restarts: 3, recipients: 12_000, workers: 1 },
    load: async () => (await import('#tests/faults/postgres')).restartPostgres,
  },
  smtp: {
    about:
      'a mail server that answers 421, 450, 451, 550 and 552, hangs up before and after the final dot, hangs, is slow and talks nonsense',
    options: { recipients: 6_000, workers: 2, hang: true },
    quick: { recipients: 360, workers: 1, hang: false },
    load: async () => (await import('#tests/faults/smtp')).misbehavingServer,
  },
  pause: {
    about:
      'pause and resume at full speed, over and over: messages end within half a second, at most the windows in flight',
    options: { cycles: 1_000, recipients: 400_000, workers: 1 },
    quick: { cycles: 15, recipients: 12_000, workers: 1 },
    load: async () => (await import('#tests/faults/pause')).pauseAndResume,
  },
  sigterm: {
    about:
      'workers are asked to end one after the other in the middle of a campaign, as an upgrade does: what is in flight is finished',
    options: { stops: 10, recipients: 60_000, workers: 2 },
    quick: { stops: 2, recipients: 12_000, workers: 2 },
    load: async () => (await import('#tests/faults/sigterm')).askWorkersToEnd,
  },
  schedulers: {
    about:
      'schedulers over one database walk through changes of clocks in four zones, are killed and stopped: every occurrence is made once or recorded as missed',
    options: { nodes: 4, changes: 4, hours: 30, kills: 24 },
    quick: { nodes: 4, changes: 2, hours: 10, kills: 2 },
    load: async () => (await import('#tests/faults/schedulers')).runSchedulers,
  },
  facts: {
    about:
      'receipts and messages by webhook, some before their outcome, a fifth of them twice, while web processes and workers are killed and Postgres is away: each counts once, states and money are right in the end',
    options: { recipients: 4_000, kills: 100, seconds: 60 },
    quick: { recipients: 400, kills: 6, seconds: 4 },
    load: async () => (await import('#tests/faults/facts')).tellWhileAllBreaks,
  },
  spool: {
    about:
      'the database is away while people click, on two web processes: every click is led on, every click is counted once in the end',
    options: { seconds: 60, rate: 200 },
    quick: { seconds: 6, rate: 200 },
    load: async () => (await import('#tests/faults/spool')).clickWithoutPostgres,
  },
}

/** Help lines: name, what it does, its options with their defaults */
export function describeMeasures(measures: Readonly<Record<string, Measure>>): string[] {
  return Object.entries(measures).flatMap(([name, measure]) => [
    `  ${name}`,
    `      ${measure.about}`,
    ...(Object.keys(measure.options).length === 0
      ? []
      : [
          `      ${Object.entries(measure.options)
            .map(([option, value]) =>
              typeof value === 'boolean' ? `[--${option}]` : `[--${option} ${value}]`
            )
            .join(' ')}`,
        ]),
  ])
}

/**
 * Reads the options of a measure from the words after its name.
 *
 * @throws Error in a sentence when an option is unknown or no whole number from 1 on
 */
export function readMeasureOptions(
  measure: Measure,
  words: readonly string[]
): Record<string, number | boolean> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: 'boolean' },
      ...Object.fromEntries(
        Object.entries(measure.options).map(([name, value]) => [
          name,
          { type: typeof value === 'boolean' ? ('boolean' as const) : ('string' as const) },
        ])
      ),
    },
  })
  const { quick, ...given } = values as Record<string, string | boolean | undefined>
  const options = { ...measure.options, ...(quick ? measure.quick : {}) }
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'boolean') options[name] = value
    else if (value !== undefined) {
      if (!/^[1-9]\d{0,8}$/.test(value))
        throw new Error(`--${name} takes a whole number from 1 on, not "${value}"`)
      options[name] = Number(value)
    }
  }
  return options
}
