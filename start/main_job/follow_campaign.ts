import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import Service from '#core/billing/models/service'
import { createList } from '#core/audience/lists/create_list'
import Import from '#core/audience/models/import'
import { startImport, uploadImport } from '#core/audience/imports/start_import'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { liveFigures } from '#core/campaigns/overview/live_figures'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { saveTemplate } from '#core/content/templates/save_template'
import { SYSTEM, type Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { createAccount } from '#core/identity/accounts/create_account'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import { creditWallet } from '#core/ledger/credit_wallet'
import { walletBalance } from '#core/ledger/wallet_balance'
import { DEMO_NEWSLETTER } from '#database/seeders/demo_newsletter'
import { openAndClick } from './open_and_click.js'
import { WorkerMemory } from './worker_memory.js'

export type MainJobReport = {
  readonly rows: number
  readonly contacts: number
  readonly invalid: number
  readonly duplicates: number
  readonly audience: number
  readonly accepted: number
  readonly rejected: number
  readonly excluded: number
  readonly uncertain: number
  readonly received: number
  readonly opens: number
  readonly clicks: number
  readonly quoted_max: number
  readonly charged: number
  readonly released: number
  readonly wallet_before: number
  readonly wallet_after: number
  readonly seconds: number
  readonly first_message_ms: number | null
  readonly messages_per_second: number
  readonly worker_rss_mb: number
}

/** Minor units put into the wallet: enough for a few million messages */
const CREDIT = 10_000_000n
/** Seconds that nothing moves before the job gives up */
const PATIENCE_SECONDS = 120

/**
 * The whole line as a client lives it, through the verbs that the pages call and the processes that serve them.
 *
 * @returns the report, and each sum that does not close
 */
export async function followCampaign(o: {
  contacts: string
  template: string | null
  say: (line: string) => void
}): Promise<{ report: MainJobReport; broken: string[] }> {
  const { account, owner } = await createAccount({
    company: 'Marché Nouvelle Étoile',
    country: 'CI',
    address: 'Boulevard Latrille, Abidjan',
    owner: {
      fullName: 'Awa Koné',
      email: 'awa@example.com',
      password: 'main-job-password',
      locale: 'fr',
    },
    confirmed: true,
    now: new Date(),
  })
  const by: Actor = { kind: 'user', id: owner.id, name: owner.fullName }
  await creditWallet({
    accountId: account.id,
    currency: account.currency,
    amount: CREDIT,
    reason: 'main-job',
    by: SYSTEM,
    key: `main-job:${account.id}`,
  })
  const before = await walletBalance({ accountId: account.id, currency: account.currency })

  const imported = await importFile({ ...o, accountId: account.id, country: account.country, by })
  o.say(
    `Imported ${imported.rows} rows: ${imported.kept} contacts, ${imported.invalid} invalid, ${imported.duplicates} duplicates (${imported.seconds.toFixed(1)} s)`
  )

  const source = o.template ? await readFile(o.template, 'utf8') : DEMO_NEWSLETTER
  const template = await saveTemplate({
    accountId: account.id,
    name: 'main-job',
    format: 'mjml',
    source,
    by,
  })
  const service = await Service.query()
    .where('status', 'published')
    .orderBy('position')
    .orderBy('slug')
    .firstOrFail()
  const created = await createCampaign({
    accountId: account.id,
    service,
    name: 'main-job',
    brief: {
      subject: '{{ contact.first_name }}, vos offres de la semaine',
      sender_name: account.name,
      template_id: template.id,
    },
    listIds: [imported.listId],
    by,
  })
  const quote = await quoteCampaign({ campaign: created, by, now: new Date() })
  o.say(
    `Quoted ${quote.maximum} ${quote.currency} at most, for ${quote.reachable} of ${quote.audience} contacts`
  )

  const campaign = await findCampaign(account.id, created.id)
  await payCampaign({ campaign, quoteId: quote.id, by, now: new Date() })
  const memory = new WorkerMemory(Number(process.env.MAIN_JOB_WORKER ?? 0))
  const launchedAt = Date.now()
  await launchCampaign({ campaign, by, now: new Date() })
  await untilOver({ accountId: account.id, campaignId: campaign.id, say: o.say })
  const seconds = (Date.now() - launchedAt) / 1_000
  const workerRss = memory.stop()

  const figures = await liveFigures({ accountId: account.id, campaignId: campaign.id })
  const received = await receivedCount(figures.accepted)
  const sample = await openAndClick({ runId: figures.runId ?? 0, sample: 20 })
  const after = await walletBalance({ accountId: account.id, currency: account.currency })
  const reported = await liveFigures({ accountId: account.id, campaignId: campaign.id })

  const report: MainJobReport = {
    rows: imported.rows,
    contacts: imported.kept,
    invalid: imported.invalid,
    duplicates: imported.duplicates,
    audience: figures.audience,
    accepted: figures.accepted,
    rejected: figures.rejected,
    excluded: figures.excluded,
    uncertain: figures.uncertain,
    received,
    opens: reported.opened,
    clicks: reported.clicked,
    quoted_max: Number(quote.maximum),
    charged: Number(figures.captured),
    released: Number(figures.released),
    wallet_before: Number(before.available),
    wallet_after: Number(after.available),
    seconds: Number(seconds.toFixed(2)),
    first_message_ms: figures.firstAcceptedAt
      ? figures.firstAcceptedAt.getTime() - launchedAt
      : null,
    messages_per_second: Math.round(figures.accepted / seconds),
    worker_rss_mb: workerRss,
  }
  print(report, quote.currency, o.say)
  const broken = [
    ...brokenSums(report),
    ...(await brokenInvariants()).map(
      (one) => `ledger ${one.invariant} of ${one.subject} is off by ${one.off}`
    ),
  ]
  if (
    sample.asked > 0 &&
    (reported.opened !== sample.opened || reported.clicked !== sample.clicked)
  ) {
    broken.push(
      `${sample.opened} opens and ${sample.clicked} clicks were made, ${reported.opened} and ${reported.clicked} counted`
    )
  }
  return { report, broken }
}

async function importFile(o: { contacts: string; accountId: string; country: string; by: Actor }) {
  const started = Date.now()
  const list = await createList({ accountId: o.accountId, name: 'main-job', by: o.by })
  const upload = await uploadImport({
    accountId: o.accountId,
    path: o.contacts,
    fileName: o.contacts,
    country: o.country,
    by: o.by,
  })
  /** A file that does not say who agreed: whoever runs this on a throw-away database says it */
  const declaration = upload.mapping.includes('consent')
    ? null
    : { how: 'main-job: the file names no consent', givenOn: null }
  await startImport({
    accountId: o.accountId,
    importId: upload.id,
    listId: list.id,
    declaration,
  })
  for (;;) {
    const row = await Import.in(o.accountId).where('id', upload.id).firstOrFail()
    if (row.state === 'failed') throw new Error(`The import failed: ${row.error}`)
    if (row.state === 'finished') {
      const [{ kept }] = await sql<{ kept: number }>(
        'select count(*)::int kept from contacts where account_id = $1::uuid',
        [o.accountId]
      )
      return {
        listId: list.id,
        rows: row.rows,
        invalid: row.invalid,
        duplicates: row.duplicates,
        kept,
        seconds: (Date.now() - started) / 1_000,
      }
    }
    await sleep(100)
  }
}

async function untilOver(o: {
  accountId: string
  campaignId: string
  say: (line: string) => void
}): Promise<void> {
  let seen = ''
  let movedAt = Date.now()
  let saidAt = 0
  for (;;) {
    const campaign = await findCampaign(o.accountId, o.campaignId)
    const figures = await liveFigures(o)
    if (
      campaign.state === 'finished' ||
      campaign.state === 'cancelled' ||
      campaign.state === 'failed'
    )
      return
    const now = `${figures.pending}/${figures.accepted}/${figures.uncertain}`
    if (now !== seen) {
      seen = now
      movedAt = Date.now()
    }
    if (Date.now() - movedAt > PATIENCE_SECONDS * 1_000)
      throw new Error(
        `Nothing moved for ${PATIENCE_SECONDS} s; the campaign is ${campaign.state}, pending/accepted/uncertain ${now}`
      )
    if (Date.now() - saidAt > 3_000) {
      saidAt = Date.now()
      o.say(`  ${figures.accepted} accepted, ${figures.pending} waiting`)
    }
    await sleep(50)
  }
}

/** What the SMTP side has received, counted by it alone; it writes a fifth of a second behind */
async function receivedCount(expected: number): Promise<number> {
  for (let tries = 0; ; tries++) {
    const [{ n }] = await sql<{ n: number }>('select count(*)::int n from sandbox_messages')
    if (n >= expected || tries === 50) return n
    await sleep(100)
  }
}

function brokenSums(r: MainJobReport): string[] {
  const sums: [string, number, number][] = [
    [
      'audience = accepted + rejected + excluded + uncertain',
      r.audience,
      r.accepted + r.rejected + r.excluded + r.uncertain,
    ],
    ['received = accepted', r.received, r.accepted],
    ['wallet_before − wallet_after = charged', r.wallet_before - r.wallet_after, r.charged],
    ['quoted_max = charged + released', r.quoted_max, r.charged + r.released],
  ]
  return sums
    .filter(([, left, right]) => left !== right)
    .map(([name, left, right]) => `${name}: ${left} ≠ ${right}`)
}

function print(r: MainJobReport, currency: string, say: (line: string) => void): void {
  const lines: [string, string | number][] = [
    ['Audience', r.audience],
    ['  accepted', r.accepted],
    ['  rejected', r.rejected],
    ['  uncertain', r.uncertain],
    ['  excluded', r.excluded],
    ['Received by the SMTP side', r.received],
    ['Opened, clicked (sample)', `${r.opens}, ${r.clicks}`],
    ['Held', `${r.quoted_max} ${currency}`],
    ['  charged', `${r.charged} ${currency}`],
    ['  given back', `${r.released} ${currency}`],
    ['Wallet before → after', `${r.wallet_before} → ${r.wallet_after} ${currency}`],
    ['Launch to settled', `${r.seconds} s, ${r.messages_per_second} messages a second`],
    ['First message after', `${r.first_message_ms ?? '–'} ms`],
    ['Worker memory at most', `${r.worker_rss_mb} MB`],
  ]
  say('')
  for (const [label, value] of lines) say(`${label.padEnd(28)}${value}`)
  say('')
}
