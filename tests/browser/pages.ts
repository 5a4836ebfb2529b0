import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Campaign from '#core/campaigns/models/campaign'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { publishCampaign } from '#core/campaigns/lifecycle/publish_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { runDueOccurrences } from '#core/campaigns/occurrences/run_due_occurrences'
import { saveSending } from '#core/campaigns/sending/save_sending'
import { startImport, uploadImport } from '#core/audience/imports/start_import'
import { addNote } from '#core/conversations/change_conversation'
import { createPool } from '#core/database/pool'
import { sql } from '#core/database/sql'
import { slowDown } from '#core/delivery/rates/adapt_rate'
import { setRate } from '#core/delivery/rates/set_rate'
import { settleUncertain } from '#core/delivery/uncertain/settle_uncertain'
import { bucketKeys } from '#core/delivery/rates/take_tokens'
import { reportFacts } from '#core/facts/report_facts'
import { issueLink } from '#core/identity/mail/access_links'
import StaffMember from '#core/identity/models/staff_member'
import User from '#core/identity/models/user'
import { createAccount } from '#core/identity/accounts/create_account'
import Service from '#core/billing/models/service'
import { suppressAddress } from '#core/audience/consent/suppress_address'
import { newTrackingEvent } from '#core/tracking/tracking_event'
import { recordEvents } from '#core/tracking/recording/record_events'
import { signToken } from '#core/tracking/links/token'
import { CLIENT, openHouse } from './house.js'

export type ListedPage = {
  /** The route, as the router writes it; pages of one route may be listed more than once, in several states */
  readonly route: string
  readonly path: string
  readonly name: string
  readonly who: 'guest' | 'everybody' | 'unconfirmed'
  readonly status: number
}

/** GET routes that are no page for people: files, fragments, frames, and what machines ask */
export const NO_PAGE: readonly string[] = [
  '/portal/campaigns/:id/report.csv',
  '/portal/contacts/contacts.csv',
  '/portal/contacts/imports/:id/problems.csv',
  '/portal/templates/:id/preview',
  '/portal/wallet/movements.csv',
  '/admin/sandbox/:id/html',
  '/admin/sandbox/:id/raw',
  /** No bundled plugin brings a page; tests/functional/plugins shows one of a fixture */
  '/admin/plugins/:id/pages/:page',
  '/health',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/theme-assets/:theme/*',
  '/c/:token',
  /** The client's own message, without our layout */
  '/w/:token',
]

export const UNCONFIRMED = { email: 'nouvelle@griot.test', password: 'une phrase assez longue' }

/** Telephones first, as in our markets; a webmail proxy, a privacy proxy, and a scanner */
const AGENTS = [
  'Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 12; itel A70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
  'Mozilla/5.0',
  'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Safari/604.1',
  'Barracuda Sentinel (EE)',
  'curl/8.5.0',
]

/** Two of those who received the campaign write back, one of them twice; a colleague has left a note */
async function writeBack(o: { accountId: string; runId: number }): Promise<string> {
  const people = await sql<{ address: string }>(
    `select address from deliveries where run_id = $1 and state in ('accepted', 'delivered')
      order by seq limit 2`,
    [o.runId]
  )
  const now = new Date()
  const said: [number, number, string][] = [
    [0, 180, 'Bonjour, la boutique de Cocody est-elle ouverte dimanche ?'],
    [0, 12, 'Et prenez-vous Orange Money ?\nMerci d’avance,\nAminata'],
    [1, 45, 'Je voudrais commander trois pagnes, taille unique. Livrez-vous à Bouaké ?'],
  ]
  await reportFacts({
    pluginId: 'email',
    now,
    facts: said.map(([who, minutesAgo, text], n) => ({
      kind: 'message',
      id: `reply-${n}`,
      at: new Date(now.getTime() - minutesAgo * 60_000),
      from: people[who].address,
      text,
    })),
  })
  const [{ id }] = await sql<{ id: string }>(
    'select id from conversations where account_id = $1 and address = $2',
    [o.accountId, people[0].address]
  )
  const [user] = await sql<{ id: string; full_name: string }>(
    'select u.id, u.full_name from users u join memberships m on m.user_id = u.id where m.account_id = $1 limit 1',
    [o.accountId]
  )
  await addNote({
    accountId: o.accountId,
    id,
    text: 'Cliente fidèle : lui proposer la livraison gratuite.',
    by: { id: user.id, name: user.full_name },
    now,
  })
  return id
}

/** Waits until what the worker does is done */
async function until(done: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000
  while (!(await done())) {
    if (Date.now() > end) throw new Error('the worker did not come to an end in time')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Makes something for every page to show, and says where each page is */
export async function seedPages(): Promise<{
  pages: ListedPage[]
  campaigns: { finished: string; quoted: string; draft: string }
}> {
  await openHouse()
  const owner = await User.findByOrFail('email', CLIENT.email)
  const [{ account_id: accountId }] = await sql<{ account_id: string }>(
    'select account_id from memberships where user_id = $1',
    [owner.id]
  )
  const by = { kind: 'user', id: owner.id, name: owner.fullName } as const
  const quoted = await Campaign.in(accountId).where('state', 'quoted').firstOrFail()
  const service = await Service.query().where('status', 'published').firstOrFail()
  const make = (
    name: string,
    o: { brief?: Record<string, unknown>; listIds?: readonly string[] }
  ) => createCampaign({ accountId, service, name, ...o, by })

  const draft = await make(
    'Soldes de fin d’année, tous les magasins d’Abidjan et de l’intérieur',
    {}
  )
  const finished = await make('Arrivages de novembre', {
    brief: { ...quoted.brief, subject: '{{ contact.first_name }}, les arrivages de novembre' },
    listIds: quoted.listIds,
  })
  const quote = await quoteCampaign({ campaign: finished, by, now: new Date() })
  await payCampaign({ campaign: finished, quoteId: quote.id, by, now: new Date() })
  await launchCampaign({ campaign: finished, by, now: new Date() })
  await suppressAddress({
    accountId,
    address: 'plus.rien@example.com',
    reason: 'unsubscribed',
    source: 'portal',
  })

  /** The suspended one first: its clock runs ahead, and no other schedule is due in it */
  const suspended = await aSchedule({
    make,
    model: quoted,
    by,
    name: 'Nouveautés de la semaine',
    suspended: true,
  })
  const repeating = await aSchedule({ make, model: quoted, by, name: 'La lettre du lundi' })

  const uploaded = await anImport({ accountId, by, name: 'clients-novembre.csv' })
  const imported = await anImport({ accountId, by, name: 'clients-octobre.csv' })
  await startImport({ accountId, importId: imported.id, listId: quoted.listIds[0] })
  const { owner: newcomer } = await createAccount({
    company: 'Pharmacie du Plateau',
    country: 'SN',
    owner: { fullName: 'Zoé Sow', ...UNCONFIRMED, locale: 'fr' },
    now: new Date(),
  })

  await until(
    async () =>
      (await Campaign.in(accountId).where('id', finished.id).firstOrFail()).state === 'finished'
  )
  await until(
    async () =>
      (await sql<{ state: string }>('select state from imports where id = $1', [imported.id]))[0]
        .state === 'finished'
  )
  const runId = await react(finished.id)
  await leaveUnknown({ accountId, runId, by })
  await holdBack()
  const conversation = await writeBack({ accountId, runId })

  const [list] = quoted.listIds
  const [{ id: contact }] = await sql<{ id: string }>(
    `select id from contacts where account_id = $1 and email like 'aminata%' limit 1`,
    [accountId]
  )
  const [{ id: template }] = await sql<{ id: string }>(
    'select id from templates where account_id = $1 limit 1',
    [accountId]
  )
  await until(
    async () =>
      (
        await sql<{ n: number }>(
          'select count(*)::int n from sandbox_messages where raw is not null'
        )
      ).at(0)?.n !== 0
  )
  const [{ id: message }] = await sql<{ id: string }>(
    'select id from sandbox_messages where raw is not null limit 1'
  )
  const staff = await StaffMember.query().firstOrFail()
  const confirm = await issueLink({
    purpose: 'confirm_address',
    guard: 'portal',
    subjectId: newcomer.id,
    now: new Date(),
  })
  const reset = await issueLink({
    purpose: 'reset_password',
    guard: 'admin',
    subjectId: staff.id,
    now: new Date(),
  })

  const invitation = randomBytes(32).toString('base64url')
  await sql(
    `insert into invitations (account_id, email, full_name, role, locale, invited_by, token_hash, expires_at)
     select m.account_id, 'invitee@example.test', 'Mariam Sy', 'reader', 'fr', m.user_id, $1, now() + interval '1 day'
       from memberships m where m.role = 'owner' limit 1`,
    [createHash('sha256').update(invitation).digest('base64url')]
  )

  const pages: ListedPage[] = []
  const page = (
    route: string,
    name: string,
    o: { path?: string; who?: ListedPage['who']; status?: number } = {}
  ) =>
    pages.push({
      route,
      name,
      path: o.path ?? route,
      who: o.who ?? 'everybody',
      status: o.status ?? 200,
    })

  page('/', 'store-home', { who: 'guest' })
  page('/services', 'store-services', { who: 'guest' })
  page('/signup', 'auth-signup', { who: 'guest' })
  page('/signin', 'auth-signin', { who: 'guest' })
  page('/admin/signin', 'auth-admin-signin', { who: 'guest' })
  page('/password/forgot', 'auth-forgot', { who: 'guest' })
  page('/password/forgot', 'auth-forgot-sent', { who: 'guest', path: '/password/forgot?sent=1' })
  page('/password/reset/:token', 'auth-reset', { who: 'guest', path: `/password/reset/${reset}` })
  page('/invitations/:token', 'auth-invitation', {
    who: 'guest',
    path: `/invitations/${invitation}`,
  })
  page('/confirm/:token', 'auth-confirm', { who: 'guest', path: `/confirm/${confirm}` })
  page('/confirm', 'auth-confirm-pending', { who: 'unconfirmed' })
  page('/u/:token', 'unsubscribe', {
    who: 'guest',
    path: `/u/${signToken('unsubscribe', { runId, seq: 1 })}`,
  })
  page('/y/:token', 'consent', {
    who: 'guest',
    path: `/y/${signToken('consent', { runId, seq: 1 })}`,
  })
  page('/u/:token', 'link-gone', {
    who: 'guest',
    path: '/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    status: 404,
  })
  page('*', 'error-404', { who: 'guest', path: '/nulle-part', status: 404 })

  page('/portal', 'portal-home')
  page('/portal/campaigns', 'campaigns')
  page('/portal/campaigns', 'campaigns-filtered', { path: '/portal/campaigns?view=scheduled' })
  page('/portal/campaigns/new', 'campaign-new')
  page('/portal/campaigns/:id', 'campaign-live', { path: `/portal/campaigns/${finished.id}` })
  page('/portal/campaigns/:id/audience', 'campaign-audience', {
    path: `/portal/campaigns/${draft.id}/audience`,
  })
  page('/portal/campaigns/:id/message', 'campaign-message', {
    path: `/portal/campaigns/${quoted.id}/message`,
  })
  page('/portal/campaigns/:id/review', 'campaign-review', {
    path: `/portal/campaigns/${quoted.id}/review`,
  })
  page('/portal/campaigns/:id/review', 'campaign-review-draft', {
    path: `/portal/campaigns/${draft.id}/review`,
  })
  page('/portal/campaigns/:id', 'campaign-scheduled', {
    path: `/portal/campaigns/${repeating.scheduled}`,
  })
  page('/portal/campaigns/:id', 'campaign-suspended', {
    path: `/portal/campaigns/${suspended.scheduled}`,
  })
  page('/portal/campaigns/:id/sending', 'campaign-sending', {
    path: `/portal/campaigns/${draft.id}/sending`,
  })
  page('/portal/campaigns/:id/sending', 'campaign-sending-repeat', {
    path: `/portal/campaigns/${repeating.quoted}/sending`,
  })
  page('/portal/campaigns/:id/review', 'campaign-review-repeat', {
    path: `/portal/campaigns/${repeating.quoted}/review`,
  })
  page('/portal/campaigns/:id/uncertain', 'campaign-uncertain', {
    path: `/portal/campaigns/${finished.id}/uncertain`,
  })
  page('/portal/campaigns/:id/uncertain', 'campaign-uncertain-none', {
    path: `/portal/campaigns/${draft.id}/uncertain`,
  })
  page('/portal/campaigns/:id/uncertain/decide', 'campaign-uncertain-decide', {
    path: `/portal/campaigns/${finished.id}/uncertain/decide?run=${runId}&decision=relaunch&seqs[]=3&seqs[]=5`,
  })
  page('/portal/campaigns/:id/report', 'campaign-report', {
    path: `/portal/campaigns/${finished.id}/report`,
  })
  page('/portal/campaigns/:id/report', 'campaign-report-empty', {
    path: `/portal/campaigns/${draft.id}/report`,
  })
  page('/portal/contacts', 'contacts')
  page('/portal/contacts', 'contacts-filtered', { path: '/portal/contacts?q=personne-de-ce-nom' })
  page('/portal/contacts/new', 'contact-new')
  page('/portal/contacts/consent', 'contacts-consent')
  page('/portal/contacts/:id/edit', 'contact-edit', { path: `/portal/contacts/${contact}/edit` })
  page('/portal/contacts/:id', 'contact', { path: `/portal/contacts/${contact}` })
  page('/portal/contacts/lists', 'lists')
  page('/portal/contacts/lists/new', 'list-new')
  page('/portal/contacts/lists/:id', 'list', { path: `/portal/contacts/lists/${list}` })
  page('/portal/contacts/imports', 'imports')
  page('/portal/contacts/imports/new', 'import-new')
  page('/portal/contacts/imports/:id', 'import-mapping', {
    path: `/portal/contacts/imports/${uploaded.id}`,
  })
  page('/portal/contacts/imports/:id', 'import-result', {
    path: `/portal/contacts/imports/${imported.id}`,
  })
  page('/portal/contacts/suppressions', 'suppressions')
  page('/portal/inbox', 'inbox')
  page('/portal/inbox', 'inbox-none', { path: '/portal/inbox?state=done' })
  page('/portal/inbox/:id', 'conversation', { path: `/portal/inbox/${conversation}` })
  page('/portal/templates', 'templates')
  page('/portal/templates', 'templates-archived', { path: '/portal/templates?view=archived' })
  page('/portal/templates/new', 'template-new')
  page('/portal/templates/:id', 'template', { path: `/portal/templates/${template}` })
  page('/portal/wallet', 'wallet')
  page('/portal/settings', 'settings')
  page('/portal/settings/members', 'settings-members')
  page('*', 'portal-404', {
    path: '/portal/campaigns/00000000-0000-4000-8000-000000000000',
    status: 404,
  })

  page('/admin', 'admin-home')
  page('/admin/_components', 'admin-components')
  page('/admin/clients', 'admin-clients')
  page('/admin/clients/:id', 'admin-client', { path: `/admin/clients/${accountId}` })
  page('/admin/clients/:id/wallet', 'admin-wallet', { path: `/admin/clients/${accountId}/wallet` })
  page('/admin/clients/:id/credit', 'admin-credit', { path: `/admin/clients/${accountId}/credit` })
  page('/admin/campaigns', 'admin-campaigns')
  page('/admin/campaigns/:id', 'admin-campaign', { path: `/admin/campaigns/${finished.id}` })
  page('/admin/campaigns/:id/uncertain', 'admin-campaign-uncertain', {
    path: `/admin/campaigns/${finished.id}/uncertain`,
  })
  page('/admin/campaigns/:id/uncertain/decide', 'admin-campaign-uncertain-decide', {
    path: `/admin/campaigns/${finished.id}/uncertain/decide?run=${runId}&decision=accepted&all=1`,
  })
  page('/admin/engine', 'admin-engine')
  page('/admin/services', 'admin-services')
  page('/admin/services/:id', 'admin-service', { path: `/admin/services/${service.id}` })
  page('/admin/plugins', 'admin-plugins')
  page('/admin/plugins/:id', 'admin-plugin', { path: '/admin/plugins/email' })
  page('/admin/plugins/:id/install', 'admin-plugin-install', {
    path: '/admin/plugins/email/install',
  })
  page('/admin/plugins/:id/upgrade', 'admin-plugin-upgrade', {
    path: '/admin/plugins/email/upgrade',
  })
  page('/admin/opt-words', 'admin-opt-words')
  page('/admin/staff', 'admin-staff')
  page('/admin/staff/new', 'admin-staff-new')
  page('/admin/sandbox', 'admin-sandbox')
  page('/admin/sandbox/:id', 'admin-sandbox-message', { path: `/admin/sandbox/${message}` })
  return { pages, campaigns: { finished: finished.id, quoted: quoted.id, draft: draft.id } }
}

/**
 * A campaign of every Monday, once with its price calculated and once approved. A suspended one had a ceiling that its list
 * outgrew, after an occurrence that came when the platform was stopped.
 */
async function aSchedule(o: {
  make: (
    name: string,
    o: { brief?: Record<string, unknown>; listIds?: readonly string[] }
  ) => Promise<Campaign>
  model: Campaign
  by: { kind: 'user'; id: string; name: string }
  name: string
  suspended?: boolean
}): Promise<{ quoted: string; scheduled: string }> {
  const one = async () => {
    const campaign = await o.make(o.name, { brief: o.model.brief, listIds: o.model.listIds })
    await saveSending({
      campaign,
      sending: {
        when: 'repeat',
        timetable: {
          zone: 'Africa/Abidjan',
          startsAt: '2026-01-05T09:00:00',
          recurrence: 'FREQ=WEEKLY;BYDAY=MO',
          until: null,
          count: null,
        },
        pacePerHour: 1_000,
        deadlineHours: 12,
        quiet: { from: '21:00', until: '07:00' },
        cap: { messages: 2, days: 7 },
        canaryPercent: 10,
      },
    })
    await quoteCampaign({ campaign, by: o.by, now: new Date() })
    return Campaign.in(campaign.accountId).where('id', campaign.id).firstOrFail()
  }
  const [quoted, scheduled] = [await one(), await one()]
  await publishCampaign({
    campaign: scheduled,
    quoteId: scheduled.quoteId ?? '',
    by: o.by,
    now: new Date(),
  })
  if (o.suspended) {
    const [{ late }] = await sql<{ late: Date }>(
      `update campaign_schedules set ceiling = 1 where campaign_id = $1 returning next_at + interval '7 days 1 hour' late`,
      [scheduled.id]
    )
    await runDueOccurrences({ now: late, graceHours: 6 })
  }
  return { quoted: quoted.id, scheduled: scheduled.id }
}

/** The relay did not answer for a few messages, and somebody has decided about one of them */
async function leaveUnknown(o: {
  accountId: string
  runId: number
  by: { kind: 'user'; id: string; name: string }
}): Promise<void> {
  const [{ n }] = await sql<{ n: number }>(
    `with lost as (
       update deliveries set state = 'uncertain', detail = case when seq % 2 = 0 then 'the worker ended while handing over' else 'connection lost after the final dot' end
        where run_id = $1 and state = 'accepted' and seq between 3 and 9 returning 1)
     update campaign_runs set accepted = accepted - (select count(*)::int from lost), uncertain = uncertain + (select count(*)::int from lost)
      where id = $1 returning uncertain n`,
    [o.runId]
  )
  await settleUncertain({
    accountId: o.accountId,
    runId: o.runId,
    seqs: [9],
    expected: n > 0 ? 1 : 0,
    decision: 'rejected',
    by: o.by,
    why: 'La cliente dit au téléphone qu’elle n’a rien reçu.',
  })
}

/** One destination is limited, another asked to slow down */
async function holdBack(): Promise<void> {
  await setRate({ key: bucketKeys.destination('email', 'orange.example'), perSecond: 5 })
  await slowDown({
    pluginId: 'email',
    destination: 'grand-fournisseur.example',
    why: '421 4.7.0 Too many messages from this sender, try again later',
    until: new Date(Date.now() + 3_600_000),
  })
}

/** A file as a spreadsheet saves it, with something wrong in it */
function anImport(o: {
  accountId: string
  by: { kind: 'user'; id: string; name: string }
  name: string
}) {
  const path = join(tmpdir(), `${process.pid}-${o.name}`)
  writeFileSync(
    path,
    [
      'Prénom;Nom;E-mail;Téléphone;Ville;Accord',
      'Fatou;Bamba;fatou.bamba@example.com;07 01 02 03 04;Abidjan;oui',
      'Koffi;Yao;koffi.yao(at)example.com;0102030405;Bouaké;oui',
      'Fatou;Bamba;fatou.bamba@example.com;0701020304;Abidjan;oui',
      'Mariam;Cissé;;;Korhogo;oui',
    ].join('\r\n')
  )
  return uploadImport({
    accountId: o.accountId,
    path,
    fileName: o.name,
    country: 'CI',
    by: o.by,
    take: true,
  })
}

/** The campaign went out nine hours ago; since then people opened and clicked */
async function react(campaignId: string): Promise<number> {
  const [{ id: runId, reached }] = await sql<{ id: number; reached: number }>(
    `select r.id, (select max(seq)::int from deliveries d where d.run_id = r.id) reached from campaign_runs r where campaign_id = $1`,
    [campaignId]
  )
  const pool = createPool({ max: 1, name: 'tests' })
  const start = Date.now() - 9 * 3_600_000
  await pool.query(
    `update run_series set minute = date_trunc('minute', minute - interval '9 hours') where run_id = $1`,
    [runId]
  )
  await pool.query(
    `update campaign_changes set at = at - interval '9 hours' where campaign_id = $1`,
    [campaignId]
  )
  await pool.query(
    `update deliveries set outcome_at = outcome_at - interval '9 hours' where run_id = $1`,
    [runId]
  )
  const fact = (
    kind: 'opened' | 'clicked',
    seq: number,
    minutes: number,
    link: number | null = null
  ) =>
    newTrackingEvent({
      of: { runId, seq },
      kind,
      link,
      userAgent: AGENTS[seq % AGENTS.length],
      ipPrefix: '192.0.2.0/24',
      at: new Date(start + minutes * 60_000),
    })
  /** Most people read soon, some in the evening */
  const after = (seq: number) => Math.round(500 * (((seq * 37) % reached) / reached) ** 3)
  const seqs = Array.from({ length: reached }, (_, n) => n + 1)
  await recordEvents(pool, [
    ...seqs.filter((seq) => seq % 5 < 3).map((seq) => fact('opened', seq, 2 + after(seq))),
    ...seqs
      .filter((seq) => seq % 7 < 2)
      .map((seq) => fact('clicked', seq, 4 + after(seq), seq % 5 < 3 ? 0 : (seq % 2) + 1)),
  ])
  await pool.end()
  return runId
}
