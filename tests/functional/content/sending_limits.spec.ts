import { test } from '@japa/runner'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { MessageInvalidError } from '#core/campaigns/errors'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { saveTemplate } from '#core/content/templates/save_template'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import { smtpSimulator } from '../../../plugins/email/simulator/smtp_simulator.js'
import { aClient, aList, aService, runJobs, type Client } from '#tests/line_kit'

type Service = Awaited<ReturnType<typeof aService>>

async function aTemplate(client: Client, source: string): Promise<string> {
  const { accountId, by } = client
  const { id } = await saveTemplate({ accountId, name: 'x', format: 'html', source, by })
  return id
}

async function aCampaign(o: {
  client: Client
  service: Service
  template: string
  list: string
  subject?: string
}) {
  const { accountId, by } = o.client
  const made = await createCampaign({
    accountId,
    service: o.service,
    name: 'Essai',
    brief: { subject: o.subject ?? 'Bonjour', sender_name: 'Marché', template_id: o.template },
    listIds: [o.list],
    by,
  })
  return findCampaign(accountId, made.id)
}

async function launched(o: Parameters<typeof aCampaign>[0]): Promise<string> {
  const campaign = await aCampaign(o)
  const { by } = o.client
  const quote = await quoteCampaign({ campaign, by, now: new Date() })
  const quoted = await findCampaign(campaign.accountId, campaign.id)
  await payCampaign({ campaign: quoted, quoteId: quote.id, by, now: new Date() })
  await launchCampaign({
    campaign: await findCampaign(campaign.accountId, campaign.id),
    by,
    now: new Date(),
  })
  return campaign.id
}

const states = (campaignId: string) =>
  sql<{ state: string; reason: string | null; n: number }>(
    `select d.state, d.reason, count(*)::int n from deliveries d join campaign_runs r on r.id = d.run_id
      where r.campaign_id = $1::uuid group by 1, 2 order by 1, 2`,
    [campaignId]
  )

test.group('Messages that cannot be made', (group) => {
  let service: Service
  group.setup(async () => {
    const simulator = await smtpSimulator.start({ port: 0, record: () => undefined })
    service = await aService('email', 1_000_000n, { ...smtpSimulator.settings(simulator.port) })
    return () => simulator.stop()
  })

  test('reject the one recipient for whom the template goes over a limit; the others get theirs', async ({
    assert,
  }) => {
    const client = await aClient()
    const list = await aList(client, 6)
    await sql(
      `update contacts set fields = jsonb_build_object('n', case when email = 'person3@example.com' then 400000 else 3 end) where account_id = $1::uuid`,
      [client.accountId]
    )
    const template = await aTemplate(
      client,
      '<p>{% assign n = contact.n | plus: 0 %}{{ (1..n) | sum }}</p>'
    )
    const campaign = await launched({ client, service, template, list })
    await runJobs()
    assert.deepEqual(await states(campaign), [
      { state: 'accepted', reason: null, n: 5 },
      { state: 'rejected', reason: 'template', n: 1 },
    ])
    assert.equal(await client.held(), 0n)
    assert.equal(await client.available(), 100_000n - 5n)
  }).timeout(60_000)

  test('cost their own account its time, and nobody else', async ({ assert }) => {
    const hostile = await aClient()
    const other = await aClient()
    const slow = `{% if contact.first_name %}{% for i in (1..4000) %}{% assign a = contact.text | split: "a" | sort | uniq | join: "b" %}{% endfor %}{% endif %}`
    const bad = await aList(hostile, 60)
    await sql(
      `update contacts set first_name = 'x', fields = jsonb_build_object('text', repeat('ba', 2000)) where account_id = $1::uuid`,
      [hostile.accountId]
    )
    await launched({
      client: hostile,
      service,
      template: await aTemplate(hostile, slow),
      list: bad,
    })
    const campaign = await launched({
      client: other,
      service,
      template: await aTemplate(other, '<p>Bonjour</p>'),
      list: await aList(other, 40),
    })
    const before = Date.now()
    let done = 0
    const looking = setInterval(() => {
      void states(campaign).then(([first]) => {
        if (first?.state === 'accepted' && first.n === 40) done ||= Date.now() - before
      })
    }, 50)
    await runJobs()
    clearInterval(looking)
    done ||= Date.now() - before
    assert.deepEqual(await states(campaign), [{ state: 'accepted', reason: null, n: 40 }])
    assert.isBelow(done, 8_000)
  }).timeout(60_000)

  test('are refused before anything is paid, subjects included: {$self}')
    .with([
      '{{ contact.prenom }, promo',
      '{{ contact.first_name | nope }}',
      '{% if contact.city %}x',
      '{% include "x" %}',
      '{{ (1..500000) | sum }}',
    ])
    .run(async ({ assert }, subject) => {
      const client = await aClient()
      const template = await aTemplate(client, '<p>a</p>')
      const campaign = await aCampaign({
        client,
        service,
        template,
        list: await aList(client, 2),
        subject,
      })
      try {
        await quoteCampaign({ campaign, by: client.by, now: new Date() })
        assert.fail('it was priced')
      } catch (error) {
        assert.instanceOf(error, MessageInvalidError)
        assert.equal((error as MessageInvalidError).field, 'brief.subject')
      }
    })

  test('are refused at their step, in words of their reader', async ({ client: http, assert }) => {
    const client = await aClient()
    const campaign = await aCampaign({
      client,
      service,
      template: await aTemplate(client, '<p>a</p>'),
      list: await aList(client, 2),
    })
    const reply = await http
      .post(`/portal/campaigns/${campaign.id}/message`)
      .header('referer', `/portal/campaigns/${campaign.id}/message`)
      .withGuard('portal')
      .loginAs(await User.findOrFail(client.userId))
      .withCsrfToken()
      .redirects(0)
      .form({
        'brief[subject]': '{{ contact.prenom }, promo',
        'brief[sender_name]': 'Marché',
        'brief[template_id]': String(campaign.brief.template_id),
      })
    reply.assertStatus(302)
    const said = reply.flashMessages().inputErrorsBag as Record<string, string[]>
    assert.match(said['brief.subject'][0], /n’est pas fermé/)
    assert.equal((await findCampaign(client.accountId, campaign.id)).brief.subject, 'Bonjour')
  })

  test('are the schema of the channel as well: each field says in its reader’s language what it takes', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const template = await aTemplate(client, '<p>a</p>')
    const campaign = await aCampaign({ client, service, template, list: await aList(client, 2) })
    const said = async (language: string) => {
      const reply = await http
        .post(`/portal/campaigns/${campaign.id}/message`)
        .header('referer', `/portal/campaigns/${campaign.id}/message`)
        .header('accept-language', language)
        .withGuard('portal')
        .loginAs(await User.findOrFail(client.userId))
        .withCsrfToken()
        .redirects(0)
        .form({ 'brief[subject]': 'o'.repeat(151), 'brief[template_id]': template })
      reply.assertStatus(302)
      return reply.flashMessages().inputErrorsBag as Record<string, string[]>
    }
    assert.deepEqual(await said('fr'), {
      'brief.subject': ['Saisissez au plus 150 caractères'],
      'brief.sender_name': ['Remplissez ce champ'],
    })
    assert.deepEqual((await said('en'))['brief.sender_name'], ['Fill in this field'])
    assert.equal((await findCampaign(client.accountId, campaign.id)).brief.subject, 'Bonjour')
  })

  test('name a template of another account: refused by the name of the field', async ({
    assert,
  }) => {
    const client = await aClient()
    const other = await aClient()
    const campaign = await aCampaign({
      client,
      service,
      template: await aTemplate(other, '<p>a</p>'),
      list: await aList(client, 2),
    })
    try {
      await quoteCampaign({ campaign, by: client.by, now: new Date() })
      assert.fail('it was priced')
    } catch (error) {
      assert.equal((error as MessageInvalidError).field, 'brief.template_id')
    }
  })

  test('are none: what is taken at the longest is sent', async ({ assert }) => {
    const client = await aClient()
    const source = `<p>${'<a href="https://example.org/x">y</a>'.repeat(10_805)}</p>`
    const template = await aTemplate(client, source.padEnd(399_990, ' '))
    const campaign = await launched({ client, service, template, list: await aList(client, 2) })
    await runJobs()
    assert.deepEqual(await states(campaign), [{ state: 'accepted', reason: null, n: 2 }])
  }).timeout(60_000)
})
