import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from '#core/database/sql'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import { startChild, stopChild, type Child } from '#start/child_processes'
import type { MeasureContext } from '#start/measure'
import type Service from '#core/billing/models/service'
import type { Client } from '#tests/line_kit'
import {
  aLargeList,
  aMailService,
  aPaidCampaign,
  aRichClient,
  aWorker,
  launch,
  untilOver,
} from '#tests/measure_kit'
import { startSink, type Sink } from '#tests/smtp/start_sink'

/** Where a worker is ended: the nth time that it comes to a statement or a write of that name */
type Point = { readonly label: string; readonly nth: number }
type Kill = Point & { readonly when: 'before' | 'after' }

/** What the hook in the worker is told */
type Told = { readonly go: string; readonly file?: string; readonly point?: Kill }

/**
 * Lists each statement and each write to the mail server of a whole run, then makes a run for each of them, and twice: the worker
 * is ended with SIGKILL just before, or just after. Another worker goes on, and nobody may be lost or written to twice. What
 * comes more than once in a run is ended at its first and at its middle time.
 */
export async function killAtEveryPoint({ options, root, say }: MeasureContext) {
  const sink = await startSink()
  const { service } = await aMailService({ port: sink.port })
  const bench = {
    client: await aRichClient(),
    service,
    sink,
    root,
    people: Number(options.recipients),
  }
  const folder = mkdtempSync(join(tmpdir(), 'griot-points-'))
  const sums = { points: 0, kills: 0, lost: 0, twice: 0, unnamed: 0, unbalanced: 0, unfinished: 0 }
  const failed: string[] = []
  try {
    const points = await pointsOfARun(bench, folder)
    const all = points.flatMap((point) =>
      (['before', 'after'] as const).map((when) => ({ ...point, when }))
    )
    /** Fewer than all are spread over the run */
    const most = Math.min(all.length, Number(options.most))
    const kills = Array.from({ length: most }, (_, n) => all[Math.floor((n * all.length) / most)])
    sums.points = points.length
    for (const point of points) say(`  ${point.label} (${point.nth})`)
    say(`${points.length} points, ${kills.length} kills to make`)
    for (const [n, kill] of kills.entries()) {
      const found = await killAt(bench, { kill, name: `p${n}`, go: join(folder, `go-${n}`) })
      if (found.killed) sums.kills += 1
      const wrong = (['lost', 'twice', 'unnamed', 'unbalanced', 'unfinished'] as const).filter(
        (what) => found[what] > 0
      )
      for (const what of wrong) sums[what] += found[what]
      const where = `${kill.when} ${kill.label.slice(0, 80)} (${kill.nth})`
      if (wrong.length > 0)
        failed.push(`${where}: ${wrong.map((what) => `${found[what]} ${what}`).join(', ')}`)
      if (!found.killed) say(`not come to: ${where}`)
      if ((n + 1) % 10 === 0) say(`${n + 1} of ${kills.length}`)
    }
    return { ...sums, failed }
  } finally {
    await sink.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Bench = {
  readonly client: Client
  readonly service: Service
  readonly sink: Sink
  readonly root: URL
  readonly people: number
}

/** Names in the order in which a run that nobody disturbs comes to them first */
async function pointsOfARun(bench: Bench, folder: string): Promise<Point[]> {
  const file = join(folder, 'points')
  const go = join(folder, 'go')
  writeFileSync(file, '')
  const campaign = await campaignOf(bench, 'all')
  const worker = await aWatchedWorker(bench, { go, file })
  writeFileSync(go, '')
  const { runId } = await launch(bench.client, campaign)
  await untilOver(runId)
  await stopChild(worker)
  const counts = new Map<string, number>()
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const label = JSON.parse(line) as string
    counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  return [...counts].flatMap(([label, count]) =>
    count > 2
      ? [
          { label, nth: 1 },
          { label, nth: Math.ceil(count / 2) },
        ]
      : [{ label, nth: 1 }]
  )
}

/** One run in which a worker ends at a point and another goes on, and what does not close afterwards */
async function killAt(bench: Bench, o: { kill: Kill; name: string; go: string }) {
  const { client, sink } = bench
  const campaign = await campaignOf(bench, o.name)
  const repeated = (await sink.figures()).repeated
  const doomed = await aWatchedWorker(bench, { go: o.go, point: o.kill })
  writeFileSync(o.go, '')
  const { runId } = await launch(client, campaign)
  const over = untilOver(runId, { patienceSeconds: 90 })
  await Promise.race([doomed.ended, over])
  /** Its last statements are of its own end */
  await stopChild(doomed)
  const killed = doomed.process.signalCode === 'SIGKILL'
  const other = await aWorker(bench.root)
  const figures = await over
  await stopChild(other)

  const received = (await sink.recipients()).filter((address) => address.startsWith(`${o.name}.`))
  const rows = await sql<{ address: string; state: string }>(
    'select address, state from deliveries where run_id = $1',
    [runId]
  )
  const came = new Set(received)
  const known = new Map(rows.map((row) => [row.address, row.state]))
  return {
    killed,
    lost:
      rows.filter((row) => row.state === 'accepted' && !came.has(row.address)).length +
      /** The mail server takes everybody */
      rows.filter((row) => ['rejected', 'excluded'].includes(row.state)).length +
      Math.max(0, bench.people - rows.length),
    twice: (await sink.figures()).repeated - repeated,
    unnamed: received.filter(
      (address) => !['accepted', 'uncertain'].includes(known.get(address) ?? '')
    ).length,
    unbalanced: (await brokenInvariants()).length,
    unfinished:
      (figures.state === 'finished' ? 0 : 1) +
      rows.filter((row) => ['pending', 'leased', 'handing_over', 'deferred'].includes(row.state))
        .length,
  }
}

async function campaignOf(bench: Bench, local: string) {
  const list = await aLargeList(bench.client, { people: bench.people, local })
  return aPaidCampaign({ client: bench.client, service: bench.service, listIds: [list] })
}

/** A worker with the hook in it */
function aWatchedWorker(bench: Bench, told: Told): Promise<Child> {
  const built = import.meta.url.endsWith('.js')
  const hook = new URL(`./point_hook.${built ? 'js' : 'ts'}`, import.meta.url).href
  return startChild({
    root: bench.root,
    name: 'worker',
    script: 'bin/console',
    args: ['serve:worker'],
    env: {
      ...process.env,
      NODE_OPTIONS: `${built ? '' : '--import=@poppinss/ts-exec '}--import=${hook}`,
      POINTS_GO: told.go,
      POINTS_SMTP_PORT: String(bench.sink.port),
      ...(told.file ? { POINTS_FILE: told.file } : {}),
      ...(told.point ? { POINT: JSON.stringify(told.point) } : {}),
    },
    quiet: !process.env.MEASURE_LOGS,
  })
}
