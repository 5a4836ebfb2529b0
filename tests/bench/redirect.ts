import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { freePort } from '#core/database/server/embedded_postgres'
import { trackingSpool } from '#core/tracking/intake/tracking_spool'
import { signToken } from '#core/tracking/links/token'
import { stopChild } from '#start/child_processes'
import type { MeasureContext } from '#start/measure'
import {
  aLargeList,
  aMailService,
  aPaidCampaign,
  aRichClient,
  aWorker,
  endWorkers,
  launch,
  runFigures,
} from '#tests/measure_kit'
import { AGENTS, aFilledRun, askOver, aWebProcess } from '#tests/sent_run_kit'
import { startSink } from '#tests/smtp/start_sink'

/** What a redirect costs at least: Node's http server and nothing else */
const BARE = `require('node:http').createServer((q, s) => { s.writeHead(302, { location: 'https://shop.example.com/', 'content-length': 0 }); s.end() }).listen(Number(process.argv[1]), '127.0.0.1', () => console.log('ready'))`
/** Enough that neither side ever sleeps: on a virtual machine waking the other costs more than the answer */
const CONNECTIONS = 200
const STEADY = 500
/** Milliseconds for which one of the two is clicked before the other is */
const TURN_MS = 100
/** Who clicks: somebody else each time, as after a large campaign */
const PEOPLE = 200_000

/**
 * Clicks at full speed beside a bare redirect, then at 500 a second while a worker sends, again beside a bare redirect: what that
 * one takes is the machine's, not ours
 */
export async function benchRedirect({ options, root, say }: MeasureContext) {
  const seconds = Number(options.seconds)
  const sink = await startSink()
  const { service } = await aMailService({ port: sink.port })
  const client = await aRichClient()
  const { runId } = await aFilledRun({
    client,
    serviceId: service.id,
    deliveries: PEOPLE,
    large: false,
  })
  const paths = Array.from(
    { length: 50_000 },
    (_, n) => `/c/${signToken('click', { runId, seq: 1 + ((n * 7) % PEOPLE), link: n % 8 })}`
  )

  const barePort = await freePort()
  const bare = spawn(process.execPath, ['-e', BARE, String(barePort)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(bare.stdout, 'data')
  const port = Number(process.env.PORT)
  const web = await aWebProcess(root, port)
  const workers = []
  try {
    await load({ port, paths, seconds: 3 })
    await calm()
    say('bare…')
    const floor = await load({ port: barePort, paths, seconds })
    say('ours…')
    const ours = await load({ port, paths, seconds })
    await calm()
    const listId = await aLargeList(client, { people: Number(options.recipients) })
    const campaign = await aPaidCampaign({ client, service, listIds: [listId] })
    workers.push(await aWorker(root))
    const { runId: sending } = await launch(client, campaign)
    while ((await runFigures(sending)).accepted === 0) await sleep(50)
    say(
      `${STEADY} a second while a campaign is sent, ${TURN_MS} ms ours and ${TURN_MS} ms bare in turn…`
    )
    const least = new Clicks({ port: barePort, paths })
    const steady = new Clicks({ port, paths })
    /** Turns so short that what happens to the machine (a slice of the expansion, a checkpoint) happens to both */
    for (let turn = 0; turn < (seconds * 1_000) / TURN_MS; turn++)
      for (const clicks of turn % 2 ? [steady, least] : [least, steady]) await clicks.forATurn()
    least.end()
    steady.end()
    const still = await runFigures(sending)
    if (still.pending === 0) say('the campaign was over before the measure: take more --recipients')
    return {
      requests_per_second: Math.round(ours.requests.average),
      bare: Math.round(floor.requests.average),
      ratio: Number((ours.requests.average / floor.requests.average).toFixed(2)),
      p50_ms: steady.within(0.5),
      p99_ms: steady.within(0.99),
      bare_p99_ms: least.within(0.99),
      p99_ratio: Number((steady.within(0.99) / least.within(0.99)).toFixed(2)),
      sending_meanwhile: still.pending > 0,
      other_answers: ours.non2xx - ours['3xx'] + steady.others,
    }
  } finally {
    bare.kill()
    await endWorkers(workers)
    await stopChild(web)
    await sink.stop()
  }
}

/** What was clicked before is written before the next measure begins */
async function calm(): Promise<void> {
  const spool = trackingSpool()
  do await sleep(1_500)
  while ((await spool.size()) > 0)
}

/** As many clicks as the server takes, from people of its own for each connection */
function load(o: { port: number; paths: readonly string[]; seconds: number }) {
  const share = Math.floor(o.paths.length / CONNECTIONS)
  let taken = 0
  return autocannon({
    url: `http://127.0.0.1:${o.port}`,
    connections: CONNECTIONS,
    duration: o.seconds,
    headers: { 'user-agent': AGENTS[0] },
    /** A copy of all of them for each would fill the memory */
    setupClient: (client) => {
      const mine = o.paths.slice(taken, (taken += share))
      client.setRequests(mine.map((path) => ({ method: 'GET' as const, path })))
    },
  }) as Promise<autocannon.Result & { '3xx': number }>
}

/** One click every two milliseconds, whether the last was answered or not; each is timed from when it was due */
class Clicks {
  /** Answers that were no redirect */
  others = 0
  #times: number[] = []
  #agent = new Agent({ keepAlive: true, maxSockets: 100 })

  constructor(private readonly o: { port: number; paths: readonly string[] }) {}

  async forATurn(): Promise<void> {
    const { port, paths } = this.o
    const open = new Set<Promise<void>>()
    const from = performance.now()
    for (let n = 0; n < (STEADY * TURN_MS) / 1_000; n++) {
      const due = from + (n * 1_000) / STEADY
      const wait = due - performance.now()
      if (wait > 1) await sleep(wait)
      const path = paths[(this.#times.length + open.size) % paths.length]
      const one = askOver({ agent: this.#agent, port, path }).then((status) => {
        this.#times.push(performance.now() - due)
        if (status !== 302) this.others += 1
        open.delete(one)
      })
      open.add(one)
    }
    await Promise.all(open)
  }

  end(): void {
    this.#agent.destroy()
  }

  /** Milliseconds in which that share of the clicks was answered */
  within(share: number): number {
    const sorted = this.#times.toSorted((a, b) => a - b)
    return Math.round(sorted[Math.floor(sorted.length * share)] * 10) / 10
  }
}
