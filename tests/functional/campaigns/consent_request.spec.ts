import { test } from '@japa/runner'
import { answerRequest } from '#core/audience/consent/answer_request'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { publishCampaign } from '#core/campaigns/lifecycle/publish_campaign'
import type Campaign from '#core/campaigns/models/campaign'
import { runDueOccurrences } from '#core/campaigns/occurrences/run_due_occurrences'
import { saveSending } from '#core/campaigns/sending/save_sending'
import { liveFigures } from '#core/campaigns/overview/live_figures'
import { saveTemplate } from '#core/content/templates/save_template'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import { signToken } from '#core/tracking/links/token'
import { aClient, aList, aService, booksAreWrong, runJobs, type Client } from '#tests/line_kit'
import { smtpSimulator } from '../../../plugins/email/simulator/smtp_simulator.js'

/** Tomorrow at nine, which is the same in Abidjan */
const AT = new Date(`${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T09:00:00Z`)
const ONCE = {
  when: 'at',
  timetable: {
    zone: 'Africa/Abidjan',
    startsAt: AT.toISOString().slice(0, 19),
    recurrence: 'once',
    until: null,
    count: null,
  },
  pacePerHour: null,
  deadlineHours: null,
  quiet: null,
  cap: null,
  canaryPercent: null,
} as const

/** Who received what, by address */
let inbox: { to: string; text: string }[] = []
let n = 0

/** People who agreed, refused, and were never asked, in one list */
async function aMixedList(client: Client): Promise<string> {
  const of = (who: string) => `${who}-${++n}@consent.example`
  const list = await aList(client, [of('oui')], 'granted')
  for (const [who, consent] of [
    ['non', 'refused'],
    ['awa', 'unknown'],
    ['yao', 'unknown'],
  ] as const)
    await sql(
      `with made as (insert into contacts (account_id, email, consent) values ($1, $2, $3) returning id)
       insert into contact_list_members (list_id, contact_id) select $4, id from made`,
      [client.accountId, of(who), consent, list]
    )
  return list
}

/** A draft that asks the contacts of a list, with a message of this text */
async function aRequest(client: Client, o: { text: string; list?: string }): Promise<Campaign> {
  const template = await saveTemplate({
    accountId: client.accountId,
    name: 'Demande',
    format: 'text',
    source: o.text,
    by: client.by,
  })
  return createCampaign({
    accountId: client.accountId,
    service: await aService('email'),
    name: 'Demande',
    brief: { subject: 'Vous écrire ?', sender_name: 'Marché', template_id: template.id },
    listIds: [o.list ?? (await aMixedList(client))],
    asksConsent: true,
    by: client.by,
  })
}

const ASKS = 'Bonjour, êtes-vous d’accord ? {{ links.consent }} {{ links.unsubscribe }}'

async function publish(client: Client, campaign: Campaign) {
  const quote = await quoteCampaign({ campaign, by: client.by, now: new Date() })
  await publishCampaign({
    campaign: await findCampaign(client.accountId, campaign.id),
    quoteId: quote.id,
    by: client.by,
    now: new Date(),
  })
  await runJobs()
  return {
    quote,
    figures: await liveFigures({ accountId: client.accountId, campaignId: campaign.id }),
  }
}

const consentOf = async (client: Client, who: string) =>
  (
    await sql<{ consent: string; source: string | null }>(
      `select consent, consent_source source from contacts where account_id = $1 and email like $2 || '-%'`,
      [client.accountId, who]
    )
  )[0]

test.group('A request for consent', (group) => {
  group.setup(async () => {
    const simulator = await smtpSimulator.start({
      port: 0,
      record: (messages) =>
        void inbox.push(
          ...messages.map((message) => ({
            to: message.recipient.split('-')[0],
            /** Quoted-printable: lines that end in `=` go on */
            text: Buffer.from(message.raw ?? [])
              .toString()
              .replaceAll('=\r\n', ''),
          }))
        ),
    })
    await aService('email', 2_500_000n, smtpSimulator.settings(simulator.port))
    return () => simulator.stop()
  })
  group.each.setup(() => {
    inbox = []
  })

  test('is prepared from a list by one button, reaches who has not answered, each once, and is written down with its proof', async ({
    client,
    assert,
  }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const list = await aMixedList(own)
    const shown = await client
      .get(`/portal/contacts/lists/${list}`)
      .withGuard('portal')
      .loginAs(owner)
    shown.assertTextIncludes('2 contacts n’ont pas encore répondu')
    const asked = await client
      .post('/portal/campaigns/consent-requests')
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .form({ list })
    asked.assertStatus(302)
    const [, id] = /campaigns\/([0-9a-f-]{36})\/message$/.exec(asked.header('location') ?? '') ?? []
    const campaign = await findCampaign(own.accountId, id)
    assert.isTrue(campaign.asksConsent)

    const { quote, figures } = await publish(own, campaign)
    assert.equal(quote.reachable, 2)
    assert.deepEqual(
      Object.entries(quote.excluded).filter(([, count]) => count > 0),
      [['answered', 2]]
    )
    assert.deepInclude(figures, { audience: 4, accepted: 2, excluded: 2 })
    assert.deepEqual(figures.exclusions, [{ reason: 'answered', count: 2 }])
    assert.sameMembers(
      inbox.map((one) => one.to),
      ['awa', 'yao']
    )
    assert.match(inbox[0].text, /\/y\/[\w-]{31}/)

    /** Asked again, by whatever campaign, nobody is left to ask */
    const again = await client
      .post('/portal/campaigns/consent-requests')
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .form({ list })
    const [, second] =
      /campaigns\/([0-9a-f-]{36})\/message$/.exec(again.header('location') ?? '') ?? []
    await assert.rejects(
      async () =>
        quoteCampaign({
          campaign: await findCampaign(own.accountId, second),
          by: own.by,
          now: new Date(),
        }),
      /not ready: nobody/
    )

    /** Looking at the page answers nothing; the button does, without a cookie */
    const [{ seq }] = await sql<{ seq: number }>(
      `select seq from deliveries where run_id = $1 and address like 'awa-%'`,
      [figures.runId]
    )
    const page = `/y/${signToken('consent', { runId: figures.runId ?? 0, seq })}`
    const looked = await client.get(page)
    looked.assertStatus(200)
    looked.assertTextIncludes('Oui, j’accepte')
    assert.isUndefined(looked.header('set-cookie'))
    assert.equal((await consentOf(own, 'awa')).consent, 'unknown')
    const answered = await client.post(page).form({ answer: 'granted' })
    answered.assertTextIncludes('Merci, c’est noté')
    assert.deepEqual(await consentOf(own, 'awa'), {
      consent: 'granted',
      source: `answer:${figures.runId}`,
    })
    ;(await client.post(page).form({ answer: 'refused' })).assertTextIncludes('ne vous écrira pas')
    assert.equal((await consentOf(own, 'awa')).consent, 'refused')
    assert.isEmpty(await booksAreWrong())
  })

  test('answers nothing for a forged link, a link of another purpose, or an answer that is none', async ({
    client,
    assert,
  }) => {
    ;(await client.get('/y/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).assertStatus(404)
    const own = await aClient()
    const [{ id }] = await sql<{ id: string }>(
      `insert into contacts (account_id, email) values ($1, $2) returning id`,
      [own.accountId, `seul-${++n}@consent.example`]
    )
    const other = await aClient()
    assert.isFalse(
      await answerRequest({
        accountId: other.accountId,
        contactId: id,
        answer: 'granted',
        runId: 1,
        now: new Date(),
      })
    )
    ;(await client.get(`/y/${signToken('unsubscribe', { runId: 1, seq: 1 })}`)).assertStatus(404)
  })

  test('leaves out who has answered meanwhile, and costs nothing for them', async ({ assert }) => {
    const own = await aClient()
    const campaign = await aRequest(own, { text: ASKS })
    const quote = await quoteCampaign({ campaign, by: own.by, now: new Date() })
    const before = await own.available()
    await publishCampaign({
      campaign: await findCampaign(own.accountId, campaign.id),
      quoteId: quote.id,
      by: own.by,
      now: new Date(),
    })
    await sql(
      `update contacts set consent = 'granted' where account_id = $1 and email like 'yao-%'`,
      [own.accountId]
    )
    await runJobs()
    const figures = await liveFigures({ accountId: own.accountId, campaignId: campaign.id })
    assert.deepInclude(figures, { accepted: 1, excluded: 3 })
    assert.equal(before - (await own.available()), 10n)
    assert.sameMembers(
      inbox.map((one) => one.to),
      ['awa']
    )
    assert.isEmpty(await booksAreWrong())
  })

  test('is refused before it is priced when its message has no link for the answer', async ({
    assert,
  }) => {
    const own = await aClient()
    const campaign = await aRequest(own, { text: 'Bonjour' })
    const refused = await quoteCampaign({ campaign, by: own.by, now: new Date() }).then(
      () => null,
      (error: { field?: string; translation?: { key: string } }) => error
    )
    assert.equal(refused?.field, 'brief.template_id')
    assert.equal(refused?.translation?.key, 'campaigns.errors.consent_link_missing')
  })

  test('is not launched while another of the account is being expanded, which would not see its people', async ({
    assert,
  }) => {
    const own = await aClient()
    const list = await aMixedList(own)
    const launched = async () => {
      const made = await aRequest(own, { text: ASKS, list })
      const quote = await quoteCampaign({ campaign: made, by: own.by, now: new Date() })
      return publishCampaign({
        campaign: await findCampaign(own.accountId, made.id),
        quoteId: quote.id,
        by: own.by,
        now: new Date(),
      })
    }
    assert.equal(await launched(), 'launched')
    await assert.rejects(launched, /not ready: asking/)

    /** One that begins at its time waits for it, and is not given up */
    await sql(`update campaign_schedules set state = 'over', next_at = null where state = 'active'`)
    const timed = await aRequest(own, { text: ASKS, list })
    await saveSending({ campaign: timed, sending: ONCE })
    const quote = await quoteCampaign({ campaign: timed, by: own.by, now: new Date() })
    const campaign = await findCampaign(own.accountId, timed.id)
    await publishCampaign({ campaign, quoteId: quote.id, by: own.by, now: new Date() })
    const ends = await runDueOccurrences({ now: AT, graceHours: 6 })
    assert.deepEqual(ends, ['waiting'])
    assert.equal((await findCampaign(own.accountId, timed.id)).state, 'scheduled')
    await sql(
      `update campaign_schedules set state = 'over', next_at = null where campaign_id = $1::uuid`,
      [timed.id]
    )

    await runJobs()
    assert.lengthOf(inbox, 2)
  })

  test('is not prepared for a list of another account', async ({ client }) => {
    const [own, other] = [await aClient(), await aClient()]
    const owner = await User.findOrFail(own.userId)
    const reply = await client
      .post('/portal/campaigns/consent-requests')
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .form({ list: await aMixedList(other) })
    reply.assertStatus(404)
  })
})
