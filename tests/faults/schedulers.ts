import { inTransaction } from '#core/database/in_transaction'
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { endOfRun } from '#core/campaigns/lifecycle/end_of_run'
import { findCampaign } from '#core/campaigns/find_campaign'
import { publishCampaign } from '#core/campaigns/lifecycle/publish_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { saveSending } from '#core/campaigns/sending/save_sending'
import { settleHold } from '#core/campaigns/lifecycle/settle_hold'
import { sql } from '#core/database/sql'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import pluginKernel from '#core/plugins/main'
import type { MeasureContext } from '#start/measure'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aList, aService, type Client } from '#tests/line_kit'
import {
  clockChanges,
  expectedOccurrences,
  watchClock,
  type ExpectedRule,
} from './expected_occurrences.js'

const HOUR = 3_600_000
const GRACE_HOURS = 6
/** Zones that change their clocks on both sides of the Atlantic, one by half an hour, and one that never does */
const ZONES = ['Africa/Abidjan', 'Europe/Paris', 'America/New_York', 'Australia/Lord_Howe']
const CHANGING = ['Europe/Paris', 'America/New_York']

/** Times that a change skips or shows twice, and one that it leaves alone */
const TIMETABLES: readonly { startsAt: string; recurrence: string; rule: ExpectedRule }[] = [
  { startsAt: '00:15', recurrence: 'FREQ=HOURLY', rule: { kind: 'hourly', hours: 1 } },
  { startsAt: '02:30', recurrence: 'FREQ=DAILY', rule: { kind: 'daily', times: ['02:30'] } },
  { startsAt: '01:45', recurrence: 'FREQ=DAILY', rule: { kind: 'daily', times: ['01:45'] } },
  {
    startsAt: '00:00',
    recurrence: 'FREQ=DAILY;BYHOUR=1,2,3,9',
    rule: { kind: 'daily', times: ['01:00', '02:00', '03:00', '09:00'] },
  },
  {
    startsAt: '02:15',
    recurrence: 'FREQ=WEEKLY;BYDAY=SU',
    rule: { kind: 'weekly', times: ['02:15'], weekday: 'Sun' },
  },
]

type Watched = { readonly campaignId: string; readonly name: string; readonly expected: number[] }
type Stop = { readonly from: number; readonly to: number }

/**
 * Several schedulers over one database walk through the changes of clocks of a year with a clock that is set. Nodes are killed in
 * the middle of their work, and all of them are stopped for hours. What was made and missed is compared with a calendar that
 * looks at every minute.
 */
export async function runSchedulers(context: MeasureContext) {
  const { options, say } = context
  const nodes = new Nodes(context.root, Number(options.nodes))
  const failed: string[] = []
  const watched: Watched[] = []
  let kills = 0
  let missedByStops = 0
  try {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
    await aService('fixture_messaging')
    const client = await aClient({ credit: 10_000_000n })
    const listIds = [await aList(client, 1)]
    await nodes.start()

    const year = new Date().getUTCFullYear() + 1
    const all = CHANGING.flatMap((zone) => clockChanges(zone, year)).sort(
      (a, b) => a.getTime() - b.getTime()
    )
    /** Fewer than all: spread over the year, so that clocks go forward and back */
    const count = Math.min(Number(options.changes), all.length)
    const changes = Array.from(
      { length: count },
      (_, n) => all[Math.floor((n * all.length) / count)]
    )
    const toKill = Number(options.kills)
    for (const [index, change] of changes.entries()) {
      const half = Number(options.hours) * HOUR
      const window = { from: change.getTime() - half, to: change.getTime() + half }
      const own = await plan({ client, listIds, window })
      watched.push(...own)
      /** The first stop is short enough for everything to be made up for, the second is not */
      const stop: Stop = {
        from: change.getTime() - HOUR / 2,
        to: change.getTime() + (index % 2 === 0 ? 2.75 : 8.75) * HOUR,
      }
      missedByStops += own
        .flatMap((one) => one.expected)
        .filter((at) => at > stop.from && at < stop.to - GRACE_HOURS * HOUR).length
      const due = new Set(own.flatMap((one) => one.expected))
      const killAt = Math.ceil((index + 1) * (toKill / changes.length))

      for (let now = window.from; now <= window.to; now += HOUR / 4) {
        if (now > stop.from && now < stop.to) continue
        const busy = [...due].some((at) => at > now - HOUR / 4 && at <= now)
        const kill = busy && kills < killAt
        if (kill) kills += 1
        await turn(nodes, new Date(now), kill, failed)
      }
      say(`${change.toISOString()}: ${own.length} schedules, ${kills} nodes killed so far`)
    }

    const figures = await compare(watched, failed)
    if (figures.missed !== missedByStops)
      failed.push(`${figures.missed} are recorded as missed, the stops explain ${missedByStops}`)
    const broken = await brokenInvariants()
    if (broken.length > 0) failed.push(`${broken.length} ledger invariants are broken`)
    return { schedules: watched.length, ...figures, nodes: Number(options.nodes), kills, failed }
  } finally {
    await nodes.stop()
  }
}

/** Every timetable in every zone, approved at the beginning of the window, over at its end */
async function plan(o: {
  client: Client
  listIds: string[]
  window: { from: number; to: number }
}): Promise<Watched[]> {
  const launched = new Date(o.window.from)
  const watched: Watched[] = []
  const service = await aService('fixture_messaging')
  for (const zone of ZONES) {
    const clock = watchClock(zone, launched, new Date(o.window.to + 24 * HOUR))
    const firstDay = clock[0].wall.slice(0, 10)
    const until = clock.find((minute) => minute.at >= o.window.to)?.wall ?? ''
    for (const { startsAt, recurrence, rule } of TIMETABLES) {
      const start = `${firstDay}T${startsAt}`
      const name = `${recurrence} from ${start} in ${zone}`
      const hourlyFrom = clock.find((minute) => minute.wall.endsWith(startsAt.slice(2)))?.at ?? 0
      const begin = rule.kind === 'hourly' ? hourlyFrom : o.window.from
      const expected = expectedOccurrences({ clock, rule, start: begin, end: o.window.to }).filter(
        (at) => at > o.window.from
      )
      /** A short window may hold none: such a schedule cannot be approved */
      if (expected.length === 0) continue
      const made = await createCampaign({
        accountId: o.client.accountId,
        service,
        name,
        brief: { subject: 'x', text: 'y' },
        listIds: o.listIds,
        by: o.client.by,
      })
      await saveSending({
        campaign: made,
        sending: {
          when: 'repeat',
          timetable: {
            zone,
            startsAt: `${start}:00`,
            recurrence,
            until: `${until}:00`,
            count: null,
          },
          pacePerHour: null,
          deadlineHours: null,
          quiet: null,
          cap: null,
          canaryPercent: null,
        },
      })
      const quote = await quoteCampaign({ campaign: made, by: o.client.by, now: launched })
      await publishCampaign({
        campaign: await findCampaign(o.client.accountId, made.id),
        quoteId: quote.id,
        by: o.client.by,
        now: launched,
      })
      watched.push({ campaignId: made.id, name, expected })
    }
  }
  return watched
}

/** All nodes look at once, again and again until nothing is due; runs end in between, as workers would end them */
async function turn(nodes: Nodes, now: Date, kill: boolean, failed: string[]): Promise<void> {
  let again = true
  for (let round = 0; again; round++) {
    const answers = await nodes.look(now, kill && round === 0)
    failed.push(...answers.errors)
    await endRuns(now)
    const [{ due }] = await sql<{ due: number }>(
      `select count(*)::int due from campaign_schedules where state = 'active' and next_at <= $1::timestamptz`,
      [now.toISOString()]
    )
    again = due > 0 && round < 100
    if (due > 0 && round === 100) failed.push(`${due} stay due at ${now.toISOString()}`)
  }
}

async function endRuns(now: Date): Promise<void> {
  const runs = await sql<{ id: number; campaign_id: string; account_id: string; hold_n: number }>(
    `select id, campaign_id, account_id, hold_n from campaign_runs where state in ('expanding', 'running')`
  )
  for (const run of runs)
    await inTransaction(async (trx) => {
      await sql(
        'select 1 from campaigns where id = $1::uuid for no key update',
        [run.campaign_id],
        trx
      )
      await sql(
        `update campaign_runs set state = 'finished', finished_at = $2::timestamptz where id = $1`,
        [run.id, now.toISOString()],
        trx
      )
      await endOfRun({ campaignId: run.campaign_id, accountId: run.account_id, now, trx })
      await settleHold({ campaignId: run.campaign_id, n: run.hold_n, trx })
    })
}

/** What stands in the tables beside what the calendar says */
async function compare(watched: readonly Watched[], failed: string[]) {
  const rows = await sql<{
    campaign_id: string
    at: Date
    outcome: string
    runs: number
    holds: number
  }>(
    `select o.campaign_id, o.occurrence_at at, o.outcome,
            (select count(*)::int from campaign_runs r where r.campaign_id = o.campaign_id and r.occurrence_at = o.occurrence_at) runs,
            (select count(*)::int from campaign_holds h join campaign_runs r on r.campaign_id = h.campaign_id and r.hold_n = h.n where r.id = o.run_id) holds
       from campaign_occurrences o`
  )
  const [totals] = await sql<{ runs: number; holds: number; open: number; going: number }>(
    `select (select count(*)::int from campaign_runs) runs, (select count(*)::int from campaign_holds) holds,
            (select count(*)::int from campaign_holds where state = 'open') open, (select count(*)::int from campaigns where state <> 'finished') going`
  )
  const made = rows.filter((row) => row.outcome === 'made')
  const missed = rows.filter((row) => row.outcome === 'missed')
  const doubled = totals.runs - made.length

  for (const one of watched) {
    const had = rows
      .filter((row) => row.campaign_id === one.campaignId)
      .map((row) => row.at.getTime())
    const lost = one.expected.filter((at) => !had.includes(at))
    const extra = had.filter((at) => !one.expected.includes(at))
    if (lost.length > 0) failed.push(`${one.name}: nothing at ${lost.map(iso).join(', ')}`)
    if (extra.length > 0) failed.push(`${one.name}: unexpected at ${extra.map(iso).join(', ')}`)
  }
  if (doubled !== 0) failed.push(`${doubled} occurrences have more than one run`)
  if (made.some((row) => row.runs !== 1 || row.holds !== 1) || totals.holds !== made.length)
    failed.push(`${totals.holds} holds for ${made.length} occurrences`)
  if (rows.length !== made.length + missed.length) failed.push('some occurrences found nobody')
  if (totals.open > 0) failed.push(`${totals.open} holds are open`)
  if (totals.going > 0) failed.push(`${totals.going} campaigns are not finished`)
  const expected = watched.reduce((sum, one) => sum + one.expected.length, 0)
  return { expected, made: made.length, missed: missed.length, doubled }
}

const iso = (at: number) => new Date(at).toISOString()

type Answer = { readonly id: number; readonly ends: readonly string[]; readonly error?: string }

/** Schedulers in processes of their own; one that is killed is replaced at once, while the others go on */
class Nodes {
  #nodes: ChildProcess[] = []
  #asked = 0

  constructor(
    readonly root: URL,
    readonly count: number
  ) {}

  async start(): Promise<void> {
    this.#nodes = await Promise.all(Array.from({ length: this.count }, () => this.#begin()))
  }

  /** Asks all nodes at once, and kills one of them a few milliseconds later when told to */
  async look(now: Date, kill: boolean): Promise<{ errors: string[] }> {
    const victim = kill ? Math.floor(Math.random() * this.#nodes.length) : -1
    const answers = await Promise.all(
      this.#nodes.map(async (node, place) => {
        const answer = this.#ask(node, now)
        if (place !== victim) return answer
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
        node.kill('SIGKILL')
        await answer
        this.#nodes[place] = await this.#begin()
        return null
      })
    )
    return { errors: answers.flatMap((answer) => (answer?.error ? [answer.error] : [])) }
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#nodes.map(async (node) => {
        if (node.exitCode !== null || node.signalCode !== null) return
        const ended = new Promise((resolve) => node.once('exit', resolve))
        node.kill('SIGKILL')
        await ended
      })
    )
  }

  /** The answer of a node, or null when it ended before it gave one */
  #ask(node: ChildProcess, now: Date): Promise<Answer | null> {
    const id = (this.#asked += 1)
    return new Promise((resolve) => {
      const hear = (answer: Answer) => answer.id === id && end(answer)
      const gone = () => end(null)
      const end = (answer: Answer | null) => {
        node.off('message', hear)
        node.off('exit', gone)
        resolve(answer)
      }
      node.on('message', hear)
      node.once('exit', gone)
      node.send({ id, now: now.toISOString(), graceHours: GRACE_HOURS })
    })
  }

  #begin(): Promise<ChildProcess> {
    const node = fork(fileURLToPath(new URL('./scheduler_node.ts', import.meta.url)), [], {
      cwd: fileURLToPath(this.root),
      env: { ...process.env, PLUGIN_FOLDERS: fixtures },
      execArgv: ['--import=@poppinss/ts-exec'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    return new Promise((resolve, reject) => {
      node.once('message', () => resolve(node))
      node.once('exit', (code) => reject(new Error(`a scheduler ended with ${code}`)))
    })
  }
}
