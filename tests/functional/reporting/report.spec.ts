import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import User from '#core/identity/models/user'
import StaffMember from '#core/identity/models/staff_member'
import { creditWallet } from '#core/ledger/credit_wallet'
import { createPool } from '#core/database/pool'
import pluginKernel from '#core/plugins/main'
import { newTrackingEvent } from '#core/tracking/tracking_event'
import { recordEvents } from '#core/tracking/recording/record_events'
import { campaignReport } from '#core/reporting/report/campaign_report'
import { reportSeries } from '#core/reporting/report/report_series'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aList, aService, runJobs, type Client } from '#tests/line_kit'

async function sent(client: Client, addresses: readonly string[], name = 'Soldes de novembre') {
  const list = await aList(client, addresses)
  const created = await createCampaign({
    accountId: client.accountId,
    service: await aService('fixture_messaging'),
    name,
    brief: { subject: 'Bonjour', text: 'Bonjour' },
    listIds: [list],
    by: client.by,
  })
  const quote = await quoteCampaign({ campaign: created, by: client.by, now: new Date() })
  const campaign = await findCampaign(client.accountId, created.id)
  await payCampaign({ campaign, quoteId: quote.id, by: client.by, now: new Date() })
  await launchCampaign({ campaign, by: client.by, now: new Date() })
  await runJobs()
  return campaign
}

const PHONE =
  'Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36'

const ADDRESSES = [
  'a@example.com',
  'b@example.com',
  'c@autre.ci',
  'reject@example.com',
  'unknown@autre.ci',
]
const person = (client: Client) => User.findOrFail(client.userId)

test.group('Reports', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('says in one sentence what a campaign was worth, then shows where it went and what it cost', async ({
    client,
    assert,
  }) => {
    const one = await aClient()
    const campaign = await sent(one, ADDRESSES)
    const page = await client
      .get(`/portal/campaigns/${campaign.id}/report`)
      .withGuard('portal')
      .loginAs(await person(one))

    page.assertStatus(200)
    const text = page.text().replace(/[\u00a0\u202f]/g, ' ')
    assert.include(
      text,
      '3 acceptés sur 5 (60 %), 0 contact a cliqué, 0 désinscription, 30 F CFA débités.'
    )
    assert.include(text, '1 message à l’issue inconnue')
    assert.include(text, 'Adresse qui n’existe pas')
    assert.include(text, 'autre.ci')
    assert.include(text, 'ouverture estimée')
  })

  test('adds up: every contact is in one line, and what was held was charged or came back', async ({
    assert,
  }) => {
    const one = await aClient()
    const campaign = await sent(one, ADDRESSES)
    const report = await campaignReport({
      accountId: one.accountId,
      campaignId: campaign.id,
      zone: 'Africa/Abidjan',
      now: new Date(),
    })
    if (!report) return assert.fail('there is no report')

    assert.equal(
      report.destinations.reduce((sum, line) => sum + line.total, 0),
      report.reachable
    )
    assert.deepEqual(report.refusals, [{ reason: 'invalid_address', count: 1 }])
    assert.equal(report.figures.captured + report.figures.released, report.figures.held)
    assert.equal(report.stillHeld, 0n)
    assert.isNotNull(report.provisionalUntil)
    const later = await campaignReport({
      accountId: one.accountId,
      campaignId: campaign.id,
      zone: 'Africa/Abidjan',
      now: new Date(Date.now() + 3 * 86_400_000),
    })
    assert.isNull(later?.provisionalUntil)
  })

  test('shows people and bots apart, what people read on and when, as it was counted', async ({
    client,
    assert,
  }) => {
    const one = await aClient()
    const campaign = await sent(one, ADDRESSES)
    const [{ id: runId }] = await sql<{ id: number }>(
      'select id from campaign_runs where campaign_id = $1::uuid',
      [campaign.id]
    )
    /** A Wednesday at 14 in Abidjan, an hour after it arrived */
    const at = new Date('2026-11-25T14:20:00Z')
    await sql(
      `update deliveries set outcome_at = $2::timestamptz - interval '1 hour' where run_id = $1`,
      [runId, at]
    )
    const [{ seq }] = await sql<{ seq: number }>(
      `select seq from deliveries where run_id = $1 and address = 'c@autre.ci'`,
      [runId]
    )
    const trackingEvent = (kind: 'opened' | 'clicked', userAgent: string) =>
      newTrackingEvent({
        of: { runId, seq },
        kind,
        userAgent,
        at,
        link: kind === 'clicked' ? 0 : null,
      })
    const pool = createPool({ max: 1, name: 'tests' })
    await recordEvents(pool, [
      trackingEvent('opened', PHONE),
      trackingEvent('clicked', PHONE),
      trackingEvent('opened', 'curl/8.5.0'),
      trackingEvent('clicked', 'curl/8.5.0'),
      trackingEvent('clicked', 'curl/8.5.0'),
    ])
    await pool.end()

    const report = await campaignReport({
      accountId: one.accountId,
      campaignId: campaign.id,
      zone: 'Africa/Abidjan',
      now: new Date(),
    })
    if (!report) return assert.fail('there is no report')
    assert.deepEqual(report.people.lines, [
      { kind: 'opened', people: 1, unverified: 0, times: 1, botEvents: 1 },
      { kind: 'clicked', people: 1, unverified: 0, times: 1, botEvents: 2 },
    ])
    assert.deepEqual(report.devices, [
      { device: 'phone', opened: 1, clicked: 1, share: 1 },
      { device: 'bot', opened: 1, clicked: 2, share: null },
    ])
    assert.deepEqual(report.hours.best, { weekday: 3, hour: 14, value: 1 })
    const place = report.destinations.find((line) => line.destination === 'autre.ci')
    assert.containsSubset(place, { total: 2, accepted: 1, opened: 1, clicked: 1 })

    const page = await client
      .get(`/portal/campaigns/${campaign.id}/report`)
      .withGuard('portal')
      .loginAs(await person(one))
    page.assertStatus(200)
    for (const word of ['Par des robots', 'mercredi', 'Téléphone']) page.assertTextIncludes(word)
  })

  test('exports every contact with what became of them, safe to open in a spreadsheet', async ({
    client,
    assert,
  }) => {
    const one = await aClient()
    const campaign = await sent(one, ['a@example.com', '=cmd@example.com', 'reject@example.com'])
    const file = await client
      .get(`/portal/campaigns/${campaign.id}/report.csv`)
      .withGuard('portal')
      .loginAs(await person(one))

    file.assertStatus(200)
    assert.match(
      file.header('content-disposition') ?? '',
      /attachment; filename="rapport-soldes-de-novembre\.csv"/
    )
    const lines = file.text().trim().split('\r\n')
    assert.lengthOf(lines, 4)
    assert.equal(
      lines[0].replace('\ufeff', ''),
      'Adresse;État;Raison;Détail;Date du résultat;Ouverture estimée;Date du clic'
    )
    assert.isTrue(lines.some((line) => line.startsWith(`'=cmd@example.com;`)))
    assert.isTrue(
      lines.some((line) =>
        line.startsWith('reject@example.com;Refusé;Adresse qui n’existe pas;no such mailbox;')
      )
    )
  })

  test('answers 404 to another account, for the page and for the file', async ({ client }) => {
    const owner = await aClient()
    const campaign = await sent(owner, ['a@example.com'])
    const stranger = await person(await aClient())
    for (const path of [
      `/portal/campaigns/${campaign.id}/report`,
      `/portal/campaigns/${campaign.id}/report.csv`,
      `/portal/campaigns/${randomUUID()}/report`,
    ]) {
      const answer = await client.get(path).withGuard('portal').loginAs(stranger)
      answer.assertStatus(404)
    }
  })

  test('lets readers read, and not take the contacts away', async ({ client, assert }) => {
    const one = await aClient()
    const campaign = await sent(one, ['a@example.com'])
    await sql(`update memberships set role = 'reader' where user_id = $1::uuid`, [one.userId])
    const page = await client
      .get(`/portal/campaigns/${campaign.id}/report`)
      .withGuard('portal')
      .loginAs(await person(one))
    page.assertStatus(200)
    assert.notInclude(page.text(), 'report.csv')
    const file = await client
      .get(`/portal/campaigns/${campaign.id}/report.csv`)
      .withGuard('portal')
      .loginAs(await person(one))
    file.assertStatus(403)
  })

  test('says that there is no report before the launch', async ({ client }) => {
    const one = await aClient()
    const draft = await createCampaign({
      accountId: one.accountId,
      service: await aService('fixture_messaging'),
      name: 'Brouillon',
      by: one.by,
    })
    const page = await client
      .get(`/portal/campaigns/${draft.id}/report`)
      .withGuard('portal')
      .loginAs(await person(one))
    page.assertStatus(200)
    page.assertTextIncludes('Pas encore de rapport')
  })

  test('tells minutes while a run is short and hours when it is long, with zeros where nothing happened', async ({
    assert,
  }) => {
    const one = await aClient()
    const campaign = await sent(one, ['a@example.com'])
    const [{ id: runId }] = await sql<{ id: number }>(
      'select id from campaign_runs where campaign_id = $1::uuid',
      [campaign.id]
    )
    const read = () => reportSeries({ runId, zone: 'Africa/Abidjan', about: 'reactions' })
    const click = (at: string) =>
      sql('insert into run_series (run_id, minute, clicked) values ($1, $2::timestamptz, 1)', [
        runId,
        at,
      ])

    await click('2026-11-22T10:00:00Z')
    await click('2026-11-22T10:03:00Z')
    const short = await read()
    assert.equal(short.step, 'minute')
    assert.deepEqual(
      short.points.map((point) => point.clicked),
      [1, 0, 0, 1]
    )

    await click('2026-11-22T15:30:00Z')
    const long = await read()
    assert.equal(long.step, 'hour')
    assert.deepEqual(
      long.points.map((point) => point.clicked),
      [2, 0, 0, 0, 0, 1]
    )

    await click('2026-12-05T00:10:00Z')
    assert.equal((await read()).step, 'day')
  })
})

test.group('First pages', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('lead a new account through its first steps', async ({ client, assert }) => {
    const one = await aClient({ credit: 0n })
    const page = await client
      .get('/portal')
      .withGuard('portal')
      .loginAs(await person(one))
    page.assertStatus(200)
    page.assertTextIncludes('Premiers pas')
    page.assertTextIncludes('Recharger le portefeuille')

    const campaign = await sent(await credited(one), ['a@example.com'])
    const later = await client
      .get('/portal')
      .withGuard('portal')
      .loginAs(await person(one))
    assert.notInclude(later.text(), 'Premiers pas')
    later.assertTextIncludes(`/portal/campaigns/${campaign.id}/report`)
  })

  test('say what waits for the client', async ({ client, assert }) => {
    const one = await aClient({ credit: 5n })
    const list = await aList(one, ['a@example.com'])
    const campaign = await createCampaign({
      accountId: one.accountId,
      service: await aService('fixture_messaging'),
      name: 'Rentrée',
      brief: { subject: 'x', text: 'y' },
      listIds: [list],
      by: one.by,
    })
    const draft = await client
      .get('/portal')
      .withGuard('portal')
      .loginAs(await person(one))
    assert.include(
      draft.text().replace(/[\u00a0\u202f]/g, ' '),
      'Terminer le brouillon « Rentrée »'
    )
    await quoteCampaign({ campaign, by: one.by, now: new Date() })
    const page = await client
      .get('/portal')
      .withGuard('portal')
      .loginAs(await person(one))
    assert.include(
      page.text().replace(/[\u00a0\u202f]/g, ' '),
      'Ajouter 5 F CFA pour lancer « Rentrée »'
    )
  })

  test('tell the operator how the platform is', async ({ client }) => {
    const admin = await StaffMember.create({
      id: randomUUID(),
      email: `${randomUUID()}@griot.test`,
      password: 'a long password',
      fullName: 'Awa Koné',
      locale: 'fr',
      role: 'support',
    })
    const page = await client.get('/admin').withGuard('admin').loginAs(admin)
    page.assertStatus(200)
    page.assertTextIncludes('Les comptes sont justes')
    page.assertTextIncludes('Tâches en attente')
  })
})

async function credited(client: Client): Promise<Client> {
  await creditWallet({
    accountId: client.accountId,
    currency: 'XOF',
    amount: 10_000n,
    reason: 'test',
    by: SYSTEM,
    key: randomUUID(),
  })
  return client
}
