import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Fact } from '@griot/sdk'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { freePort } from '#core/database/server/embedded_postgres'
import { sql } from '#core/database/sql'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import pluginKernel from '#core/plugins/main'
import { stopChild, type Child } from '#start/child_processes'
import type { MeasureContext } from '#start/measure'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aService, type Client } from '#tests/line_kit'
import { aLargeList, aRichClient, aWorker, launch, untilOver } from '#tests/measure_kit'
import { aWebProcess } from '#tests/sent_run_kit'

const PLUGIN = 'fixture_final'
/** Facts in one post */
const EACH = 5
/** Posts under way at once */
const AT_ONCE = 8
/** Milliseconds between two kills, so that what was killed is back */
const KILL_EVERY_MS = 600
/** Milliseconds for what was told to be where it belongs, once all is well: the sweep of parked facts and of holds is each minute */
const PATIENCE_MS = 150_000

type Told = Fact & { readonly about: number }

/**
 * A far side tells of the messages of a campaign that is charged by what became of them: a fifth before their outcome is written, a fifth
 * twice, in any order, to whichever web process answers, again and again until it says yes. Meanwhile web processes and workers are
 * killed and Postgres goes away. The campaign itself is sent in peace: what a killed worker leaves uncertain is another run's subject.
 */
export async function tellWhileAllBreaks(context: MeasureContext) {
  const { options, say, root, postgres } = context
  const recipients = Number(options.recipients)
  const kills = Number(options.kills)
  const env = { PLUGIN_FOLDERS: await builtPlugins(root) }
  pluginKernel.addFolder(fixtures)
  await pluginKernel.refresh()
  const service = await aService(PLUGIN)
  const client = await aRichClient()
  const campaign = await aPaidOne(client, service, recipients)
  const ports = [Number(process.env.PORT), await freePort()]
  const webs = await Promise.all(ports.map((port) => aWebProcess(root, port, env)))
  const workers = [await aWorker(root, 'worker 1', env), await aWorker(root, 'worker 2', env)]
  const sending = new FarSide(ports)
  let stopped = false
  try {
    const { runId } = await launch(client, campaign)
    const facts = factsOf(runId, recipients)
    say('a fifth is told before its outcome…')
    const early = facts.filter((fact) => fact.about % 5 === 0)
    const telling = sending.tell(early)
    await untilOver(runId, { patienceSeconds: 150 })
    await telling

    say(
      `the rest is told while processes are killed, and Postgres is away for ${options.seconds} s…`
    )
    const killed = { n: 0 }
    const killing = killOneAfterTheOther({
      webs,
      workers,
      kills,
      killed,
      context,
      ports,
      env,
      stopped: () => stopped,
    })
    const late = shuffled(facts.filter((fact) => fact.about % 5 !== 0))
    const half = Math.floor(late.length / 2)
    await sending.tell([...late.slice(0, half), ...late.slice(0, Math.floor(half / 2))])
    await postgres.restart({ mode: 'fast', awayMs: Number(options.seconds) * 1_000 })
    await sending.tell([...late.slice(half), ...early.slice(0, Math.floor(early.length / 2))])
    await killing
    stopped = true
    return await untilRight({ runId, facts, kills: killed.n, wanted: kills })
  } finally {
    stopped = true
    for (const child of [...webs, ...workers]) await stopChild(child)
  }
}

/** The folder in which processes of a build find the plugin: what was compiled of it, with its manifest */
async function builtPlugins(root: URL): Promise<string> {
  const folder = fileURLToPath(new URL('tests/fixtures/plugins', root))
  if (folder !== fixtures)
    await copyFile(join(fixtures, PLUGIN, 'package.json'), join(folder, PLUGIN, 'package.json'))
  return folder
}

/** What the far side says: of each message its end, of some what was truly used, and of some that somebody wrote back */
function factsOf(runId: number, recipients: number): Told[] {
  const at = new Date()
  return Array.from({ length: recipients }, (_, n) => n + 1).flatMap((seq): Told[] => {
    const of = { providerKey: `far-${runId}.${seq}` }
    const end: Told = {
      about: seq,
      kind: 'receipt',
      id: `end-${seq}`,
      at,
      of,
      is: seq % 4 === 0 ? 'failed' : 'delivered',
      ...(seq % 3 === 0 ? { units: { 'fixture_final.second': seq % 4 === 0 ? 0 : 1 } } : {}),
    }
    if (seq % 10 !== 0) return [end]
    const message: Told = {
      about: seq,
      kind: 'message',
      id: `said-${seq}`,
      at,
      from: 'whoever@far.example',
      text: seq % 20 === 0 ? 'STOP' : 'Bonjour, je suis intéressée',
      inReplyTo: of,
    }
    return [end, message]
  })
}

/** In an order of its own, the same each time */
function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one, n) => ({ one, at: (n * 7_919) % list.length }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

class FarSide {
  constructor(private readonly ports: readonly number[]) {}

  /** Resolves when each post was answered with yes: a far side that hears no answer tells again */
  async tell(facts: readonly Told[]): Promise<void> {
    const posts: (readonly Told[])[] = []
    for (let n = 0; n < facts.length; n += EACH) posts.push(facts.slice(n, n + EACH))
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let post = posts.shift(); post; post = posts.shift()) await this.#post(post)
      })
    )
  }

  async #post(facts: readonly Told[]): Promise<void> {
    for (let turn = Math.floor(Math.random() * 2); ; turn += 1) {
      const port = this.ports[turn % this.ports.length]
      const status = await fetch(`http://127.0.0.1:${port}/hooks/${PLUGIN}/told`, {
        method: 'POST',
        body: JSON.stringify(facts),
        signal: AbortSignal.timeout(20_000),
      }).then(
        async (reply) => {
          await reply.arrayBuffer()
          return reply.status
        },
        () => 0
      )
      if (status === 200) return
      await sleep(100 + Math.random() * 200)
    }
  }
}

async function killOneAfterTheOther(o: {
  webs: Child[]
  workers: Child[]
  kills: number
  killed: { n: number }
  context: MeasureContext
  ports: readonly number[]
  env: Readonly<Record<string, string>>
  stopped: () => boolean
}): Promise<void> {
  const { root, say } = o.context
  while (o.killed.n < o.kills && !o.stopped()) {
    await sleep(KILL_EVERY_MS)
    const which = Math.floor(Math.random() * 4)
    const [list, n] = which < 2 ? [o.webs, which] : [o.workers, which - 2]
    list[n].process.kill('SIGKILL')
    await list[n].ended
    o.killed.n += 1
    if (o.killed.n % 10 === 0) say(`${o.killed.n} killed`)
    list[n] = await startedAgain(() =>
      list === o.webs
        ? aWebProcess(root, o.ports[n], o.env)
        : aWorker(root, `worker ${n + 1}`, o.env)
    )
  }
}

/** As a supervisor does: a worker that finds no Postgres ends, and is started once more */
async function startedAgain(start: () => Promise<Child>): Promise<Child> {
  for (;;) {
    const child = await start().catch(() => null)
    if (child) return child
    await sleep(1_000)
  }
}

/** Waits until all that was told is where it belongs, and says what is not */
async function untilRight(o: {
  runId: number
  facts: readonly Told[]
  kills: number
  wanted: number
}) {
  const end = Date.now() + PATIENCE_MS
  let sums = await sumsOf(o)
  while (Date.now() < end && (sums.lost > 0 || sums.wrong_state > 0 || sums.unsettled > 0)) {
    await sleep(1_000)
    sums = await sumsOf(o)
  }
  const broken = await brokenInvariants()
  return {
    facts: o.facts.length,
    ...sums,
    kills: o.kills,
    failed: [
      ...Object.entries(sums).flatMap(([what, n]) => (n === 0 ? [] : [`${n} ${what}`])),
      ...(broken.length === 0 ? [] : [`the books: ${JSON.stringify(broken)}`]),
      ...(o.kills < o.wanted ? [`it was over after ${o.kills} kills`] : []),
    ],
  }
}

async function sumsOf(o: { runId: number; facts: readonly Told[] }) {
  const { runId, facts } = o
  const receipts = facts.filter((fact) => fact.kind === 'receipt')
  const stops = facts.filter((fact) => fact.kind === 'message' && fact.text === 'STOP')
  const said = facts.filter((fact) => fact.kind === 'message' && fact.text !== 'STOP')
  const [kept] = await sql<
    Record<'ends' | 'words' | 'messages' | 'distinct' | 'suppressed', number>
  >(
    `select (select count(*)::int from events where run_id = $1
              and dedup like 'receipt:end-%') ends,
            (select count(*)::int from events where run_id = $1 and kind = 'unsubscribed') words,
            (select count(*)::int from conversation_messages where run_id = $1) messages,
            (select count(distinct fact_id)::int from conversation_messages
              where run_id = $1) "distinct",
            (select count(*)::int from suppressions s join campaign_runs r
              on r.account_id = s.account_id where r.id = $1) suppressed`,
    [runId]
  )
  const [states] = await sql<{ wrong: number }>(
    `select count(*) filter (where state <> case when seq % 4 = 0 then 'bounced'
       else 'delivered' end)::int wrong from deliveries where run_id = $1`,
    [runId]
  )
  const [run] = await sql<Record<'delivered' | 'bounced' | 'unsubscribed' | 'replied', number>>(
    'select delivered, bounced, unsubscribed, replied from campaign_runs where id = $1',
    [runId]
  )
  const [money] = await sql<{ open: number; settled: boolean; captured: bigint }>(
    `select (select count(*)::int from open_costs where run_id = $1) "open",
            h.state = 'settled' settled, h.captured
       from campaign_holds h join campaign_runs r on r.campaign_id = h.campaign_id
         and r.hold_n = h.n where r.id = $1`,
    [runId]
  )
  const failed = receipts.filter((fact) => fact.kind === 'receipt' && fact.is === 'failed').length
  const owed = receipts.reduce(
    (sum, { about }) => sum + (about % 4 === 0 ? 0 : about % 3 === 0 ? 10 : 20),
    0
  )
  return {
    lost: receipts.length - kept.ends + stops.length - kept.words + said.length - kept.distinct,
    twice:
      kept.messages -
      kept.distinct +
      Math.max(0, run.delivered + run.bounced - receipts.length) +
      Math.max(0, run.unsubscribed - stops.length) +
      Math.max(0, run.replied - said.length),
    wrong_state:
      states.wrong + Math.abs(run.bounced - failed) + Math.abs(kept.suppressed - stops.length),
    unsettled: money.open + (money.settled ? Math.abs(Number(money.captured) - owed) : 1),
  }
}

async function aPaidOne(
  client: Client,
  service: Awaited<ReturnType<typeof aService>>,
  people: number
) {
  const created = await createCampaign({
    accountId: client.accountId,
    service,
    name: 'faits',
    brief: { subject: 'Bonjour', text: 'Bonjour' },
    listIds: [await aLargeList(client, { people })],
    by: client.by,
  })
  const quote = await quoteCampaign({ campaign: created, by: client.by, now: new Date() })
  const quoted = await findCampaign(client.accountId, created.id)
  await payCampaign({ campaign: quoted, quoteId: quote.id, by: client.by, now: new Date() })
  return findCampaign(client.accountId, created.id)
}
