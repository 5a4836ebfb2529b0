import { test } from '@japa/runner'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '#core/database/sql'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { saveTemplate } from '#core/content/templates/save_template'
import { eventBuffer } from '#core/tracking/intake/event_buffer'
import { readToken, signToken } from '#core/tracking/links/token'
import { trackingLinks } from '#core/tracking/links/tracking_links'
import { smtpSimulator } from '../../../plugins/email/simulator/smtp_simulator.js'
import { aClient, aList, aService, runJobs } from '#tests/line_kit'

const TEMPLATE = `<mjml><mj-body><mj-section><mj-column>
  <mj-text>Bonjour {{ contact.first_name }} <a href="https://shop.example.com/?ville={{ contact.city | url_encode }}">Voir</a>
  <a href="mailto:aide@example.com">Aide</a> <a href="{{ links.unsubscribe }}">Se désinscrire</a></mj-text>
</mj-column></mj-section></mj-body></mjml>`

const PHONE =
  'Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36'

test.group('Addresses in messages', (group) => {
  let run = 0
  let accountId = ''
  group.setup(async () => {
    const simulator = await smtpSimulator.start({ port: 0, record: () => undefined })
    const client = await aClient()
    accountId = client.accountId
    const service = await aService('email', 2_500_000n, {
      ...smtpSimulator.settings(simulator.port),
    })
    const list = await aList(client, ['awa@example.com', 'yao@example.com'])
    await sql(`update contacts set city = 'San-Pédro & Cie' where account_id = $1::uuid`, [
      accountId,
    ])
    const template = await saveTemplate({
      accountId,
      name: 'x',
      format: 'mjml',
      source: TEMPLATE,
      by: client.by,
    })
    const created = await createCampaign({
      accountId,
      service,
      name: 'Essai',
      brief: { subject: 'Bonjour', sender_name: 'Marché', template_id: template.id },
      listIds: [list],
      by: client.by,
    })
    const quote = await quoteCampaign({ campaign: created, by: client.by, now: new Date() })
    const campaign = await findCampaign(accountId, created.id)
    await payCampaign({ campaign, quoteId: quote.id, by: client.by, now: new Date() })
    await launchCampaign({ campaign, by: client.by, now: new Date() })
    await runJobs()
    const [row] = await sql<{ id: number; accepted: number }>(
      'select id, accepted from campaign_runs where campaign_id = $1::uuid',
      [campaign.id]
    )
    run = row.id
    /** The message was taken a while ago: a click at once is a scanner's */
    await sql(
      `update deliveries set outcome_at = outcome_at - interval '1 minute' where run_id = $1`,
      [run]
    )
    return () => simulator.stop()
  })

  const counters = async () => {
    await eventBuffer.flush()
    await sleep(10)
    const [row] = await sql<Record<string, number>>(
      'select accepted, opened, opened_unique, clicked, clicked_unique, unsubscribed from campaign_runs where id = $1',
      [run]
    )
    return row
  }

  test('are signed for one purpose, and any change makes them worthless', ({ assert }) => {
    const token = signToken('click', { runId: 7, seq: 9, link: 2 })
    assert.deepEqual(readToken('click', token), { runId: 7, seq: 9, link: 2 })
    for (const purpose of ['open', 'unsubscribe', 'view'] as const)
      assert.isNull(readToken(purpose, token))
    for (let at = 0; at < token.length - 1; at++) {
      const other = token[at] === 'A' ? 'B' : 'A'
      assert.isNull(
        readToken('click', token.slice(0, at) + other + token.slice(at + 1)),
        `changed at ${at}`
      )
    }
    for (const broken of ['', token.slice(1), `${token}A`, '../../etc/passwd', 'é'.repeat(31)])
      assert.isNull(readToken('click', broken))
  })

  test('count an opening once a person, and serve the pixel to everybody', async ({
    client,
    assert,
  }) => {
    const before = await counters()
    const token = signToken('open', { runId: run, seq: 1 })
    for (let times = 0; times < 3; times++) {
      const reply = await client.get(`/o/${token}.gif`).header('user-agent', PHONE)
      reply.assertStatus(200)
      reply.assertHeader('content-type', 'image/gif')
    }
    await client.get('/o/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.gif')
    const after = await counters()
    assert.equal(after.opened - before.opened, 3)
    assert.equal(after.opened_unique - before.opened_unique, 1)
  })

  test('lead to the link as it was frozen, with the fields of the person, and nowhere else', async ({
    client,
    assert,
  }) => {
    const reply = await client
      .get(
        `${new URL(trackingLinks({ runId: run, seq: 1 }).link(0, 'https://shop.example.com/?ville=San-P%C3%A9dro+%26+Cie') ?? '').pathname}?url=https://evil.example.com`
      )
      .header('user-agent', PHONE)
      .redirects(0)
    reply.assertStatus(302)
    assert.equal(reply.header('location'), 'https://shop.example.com/?ville=San-P%C3%A9dro+%26+Cie')
    const none = await client
      .get(`/c/${signToken('click', { runId: run, seq: 1, link: 5 })}`)
      .redirects(0)
    none.assertStatus(404)
    const stranger = await client
      .get(`/c/${signToken('click', { runId: 999_999, seq: 1, link: 0 })}`)
      .redirects(0)
    stranger.assertStatus(404)
    assert.equal((await counters()).clicked, 1)
    const links = await sql<{ url: string; clicks: number }>(
      'select url, clicks from run_links where run_id = $1',
      [run]
    )
    assert.deepEqual(links, [
      { url: 'https://shop.example.com/?ville={{ contact.city | url_encode }}', clicks: 1 },
    ])
  })

  test('unsubscribe by a POST without cookie, and never by looking', async ({ client, assert }) => {
    const address = `/u/${signToken('unsubscribe', { runId: run, seq: 2 })}`
    const suppressed = () =>
      sql<{ address: string }>('select address from suppressions where account_id = $1::uuid', [
        accountId,
      ])
    ;(await client.get(address)).assertStatus(200)
    assert.lengthOf(await suppressed(), 0)

    for (let times = 0; times < 2; times++) {
      const reply = await client
        .post(address)
        .form({ 'List-Unsubscribe': 'One-Click' })
        .redirects(0)
      reply.assertStatus(200)
    }
    assert.lengthOf(await suppressed(), 1)
    assert.equal((await counters()).unsubscribed, 1)
    ;(await client.post('/u/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA').form({}).redirects(0)).assertStatus(
      404
    )
  })

  test('show the message again without scripts and without counting', async ({
    client,
    assert,
  }) => {
    const before = await counters()
    const reply = await client.get(`/w/${signToken('view', { runId: run, seq: 1 })}`)
    reply.assertStatus(200)
    assert.include(reply.text(), 'Bonjour Awa')
    assert.include(reply.text(), '/c/')
    assert.notInclude(reply.text(), '/o/')
    assert.match(String(reply.header('content-security-policy')), /sandbox/)
    assert.deepEqual(await counters(), before)
  })
})
