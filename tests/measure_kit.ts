import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createList } from '#core/audience/lists/create_list'
import type Service from '#core/billing/models/service'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import type Campaign from '#core/campaigns/models/campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { saveTemplate } from '#core/content/templates/save_template'
import { sql } from '#core/database/sql'
import pluginKernel from '#core/plugins/main'
import { saveSettings } from '#core/plugins/lifecycle/save_settings'
import { SYSTEM } from '#core/database/actor'
import { DEMO_NEWSLETTER } from '#database/seeders/demo_newsletter'
import { startChild, stopChild, type Child } from '#start/child_processes'
import { aClient, aService, type Client } from '#tests/line_kit'

/*
| What benches and fault runs share: the e-mail channel pointed at a sink, audiences of any size made in one
| statement, campaigns launched through the verbs of the pages, and workers that can be watched and killed.
*/

const MILLION_CREDIT = 100_000_000n

/** Installs the e-mail channel and points it at a mail server on loopback; with a key when messages are to be signed */
export async function aMailService(o: {
  port: number
  dkim?: boolean
  connections?: number
}): Promise<{ service: Service; dkimKey: string | null }> {
  const key = o.dkim
    ? generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }).privateKey
    : null
  const settings = {
    host: '127.0.0.1',
    port: o.port,
    security: 'none',
    user: null,
    connections: o.connections ?? 10,
    from_address: 'nouvelles@griot.localhost',
    bounce_domain: null,
    dkim_domain: key ? 'griot.localhost' : null,
    dkim_selector: key ? 'bench' : null,
  }
  const service = await aService('email', 2_500_000n, { ...settings, dkim_domain: null })
  await saveSettings({
    kernel: pluginKernel,
    id: 'email',
    settings,
    ...(key ? { secrets: { dkim_private_key: key } } : {}),
    by: SYSTEM,
  })
  await pluginKernel.refresh()
  return { service, dkimKey: key }
}

export async function aRichClient(): Promise<Client> {
  return aClient({ credit: MILLION_CREDIT })
}

/**
 * Makes a list of people who agreed, in one statement.
 *
 * @param o.domains addresses are spread over so many domains
 * @param o.local what local parts begin with; a sink may behave after it
 */
export async function aLargeList(
  client: Client,
  o: { people: number; domains?: number; local?: string }
): Promise<string> {
  const list = await createList({
    accountId: client.accountId,
    name: `${o.local ?? 'gens'} ${o.people}`,
    by: client.by,
  })
  await sql(
    `with made as (
       insert into contacts (account_id, email, first_name, last_name, city, consent)
       select $1, $5 || '.' || n || '@d' || n % $4 || '.example', 'Aminata', 'Kaboré', 'Abidjan', 'granted' from generate_series(1, $3) n returning id)
     insert into contact_list_members (list_id, contact_id) select $2, id from made`,
    [client.accountId, list.id, o.people, o.domains ?? 40, o.local ?? 'gens']
  )
  await sql('analyze contacts')
  await sql('analyze contact_list_members')
  return list.id
}

/** A paid campaign of the newsletter, ready to launch */
export async function aPaidCampaign(o: {
  client: Client
  service: Service
  listIds: readonly string[]
  name?: string
  rules?: Readonly<Record<string, unknown>>
}): Promise<Campaign> {
  const { client } = o
  const template = await saveTemplate({
    accountId: client.accountId,
    name: `mesure ${Date.now()} ${Math.random()}`,
    format: 'mjml',
    source: DEMO_NEWSLETTER,
    by: client.by,
  })
  const created = await createCampaign({
    accountId: client.accountId,
    service: o.service,
    name: o.name ?? 'mesure',
    brief: {
      subject: '{{ contact.first_name }}, vos offres de la semaine',
      sender_name: 'Marché Nouvelle Étoile',
      template_id: template.id,
    },
    listIds: [...o.listIds],
    by: client.by,
  })
  const rules = Object.entries(o.rules ?? {})
  if (rules.length > 0)
    await sql(
      `update campaigns set ${rules.map(([column], n) => `${column} = $${n + 2}`).join(', ')} where id = $1::uuid`,
      [created.id, ...rules.map(([, value]) => value)]
    )
  const quote = await quoteCampaign({ campaign: created, by: client.by, now: new Date() })
  const campaign = await findCampaign(client.accountId, created.id)
  await payCampaign({ campaign, quoteId: quote.id, by: client.by, now: new Date() })
  return findCampaign(client.accountId, created.id)
}

/** Launches and says which run began, and when */
export async function launch(
  client: Client,
  campaign: Campaign
): Promise<{ runId: number; at: number }> {
  const at = Date.now()
  await launchCampaign({ campaign, by: client.by, now: new Date() })
  const [{ id }] = await sql<{ id: number }>(
    'select id from campaign_runs where campaign_id = $1::uuid order by n desc limit 1',
    [campaign.id]
  )
  return { runId: id, at }
}

/** Starts a worker process as production does */
export function aWorker(
  root: URL,
  name = 'worker',
  env: Readonly<Record<string, string>> = {}
): Promise<Child> {
  return startChild({
    root,
    name,
    script: 'bin/console',
    args: ['serve:worker'],
    env: { ...process.env, ...env },
    quiet: !process.env.MEASURE_LOGS,
  })
}

export const endWorkers = (workers: readonly Child[]) => Promise.all(workers.map(stopChild))

export type RunFigures = {
  readonly state: string
  readonly audience: number
  readonly pending: number
  readonly accepted: number
  readonly rejected: number
  readonly uncertain: number
  readonly excluded: number
  readonly launched_at: Date
  readonly expanded_at: Date | null
  readonly first_accepted_at: Date | null
  readonly finished_at: Date | null
}

export async function runFigures(runId: number): Promise<RunFigures> {
  const [row] = await sql<RunFigures>(
    `select state, audience, pending, accepted, rejected, uncertain, excluded, launched_at, expanded_at, first_accepted_at, finished_at from campaign_runs where id = $1`,
    [runId]
  )
  return row
}

/**
 * Waits until a run is over.
 *
 * @param o.patienceSeconds seconds that nothing may move before it is given up
 * @throws Error with the figures when it stands still
 */
export async function untilOver(
  runId: number,
  o: { patienceSeconds?: number; tick?: (figures: RunFigures) => void } = {}
): Promise<RunFigures> {
  let last = ''
  let movedAt = Date.now()
  for (;;) {
    const figures = await runFigures(runId)
    o.tick?.(figures)
    if (!['expanding', 'running'].includes(figures.state)) return figures
    const now = JSON.stringify([figures.audience, figures.pending, figures.uncertain])
    if (now !== last) {
      last = now
      movedAt = Date.now()
    }
    if (Date.now() - movedAt > (o.patienceSeconds ?? 120) * 1_000)
      throw new Error(`run ${runId} stands still: ${JSON.stringify(figures)}`)
    await sleep(200)
  }
}

/** Milliseconds of processor time that a process has used (proc(5): clock ticks of 10 ms) */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Largest resident memory that a process has had, in megabytes */
export function peakRssMb(pid: number): number {
  const kb = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Math.round(Number(kb ?? 0) / 1_024)
}
