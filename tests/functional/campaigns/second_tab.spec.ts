import { test } from '@japa/runner'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aList, aService, booksAreWrong, type Client } from '#tests/line_kit'

/*
| Two tabs, or two people, with the same campaign: what one has done is not offered again by the other.
*/

async function aQuoted(own: Client) {
  const service = await aService('fixture_messaging')
  const made = await createCampaign({
    accountId: own.accountId,
    service,
    name: 'Lettre',
    brief: { subject: 'Bonjour', text: 'Bonjour' },
    listIds: [await aList(own, 3)],
    by: own.by,
  })
  const quote = await quoteCampaign({ campaign: made, by: own.by, now: new Date() })
  return { campaign: await findCampaign(own.accountId, made.id), quote }
}

const STEPS = ['audience', 'message', 'sending', 'review'] as const

/** What the tab that is behind can still post */
const posts = (o: { quote: string; list: string }) =>
  [
    ['audience', { 'lists[]': o.list }],
    ['message', { 'brief[subject]': 'Autre chose', 'brief[text]': 'Autre' }],
    ['sending', { when: 'now', zone: 'Africa/Abidjan', pace: '5' }],
    ['quote', {}],
    ['launch', { quote: o.quote }],
    ['abandon', {}],
  ] as const

test.group('A second tab', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  for (const [how, sentence] of [
    ['launched', /campagne a été lancée le [^<]* par Awa Koné/],
    ['abandoned', /brouillon a été abandonné le [^<]* par Awa Koné/],
    ['scheduled', /campagne a été lancée le [^<]* par Awa Koné/],
  ] as const)
    test(`changes and charges nothing once the campaign was ${how} in the first, and says so`, async ({
      client,
      assert,
    }) => {
      const own = await aClient()
      const owner = await User.findOrFail(own.userId)
      const { campaign, quote } = await aQuoted(own)
      const address = `/portal/campaigns/${campaign.id}`
      const post = (step: string, form: Record<string, string>) =>
        client
          .post(`${address}/${step}`)
          .withGuard('portal')
          .loginAs(owner)
          .withCsrfToken()
          .header('referer', `${process.env.APP_URL}${address}/review`)
          .form(form)

      const review = await client.get(`${address}/review`).withGuard('portal').loginAs(owner)
      assert.include(review.text(), `${address}/abandon`)
      assert.notInclude(review.text(), `${address}/cancel"`)
      if (how === 'scheduled')
        await post('sending', { when: 'at', zone: 'Africa/Abidjan', starts_at: '2099-01-01T09:00' })
      await post(how === 'abandoned' ? 'abandon' : 'launch', { quote: quote.id })

      const all = async () => ({
        campaign: (await findCampaign(own.accountId, campaign.id)).$attributes,
        runs: await sql('select id, state from campaign_runs where campaign_id = $1::uuid', [
          campaign.id,
        ]),
        holds: await sql('select n, held, state from campaign_holds where campaign_id = $1::uuid', [
          campaign.id,
        ]),
        quotes: await sql('select id from quotes where campaign_id = $1::uuid', [campaign.id]),
        available: await own.available(),
        held: await own.held(),
      })
      const before = await all()
      const state = { launched: 'running', abandoned: 'cancelled', scheduled: 'scheduled' }[how]
      assert.equal(before.campaign.state, state)
      for (const [step, form] of posts({ quote: quote.id, list: campaign.listIds[0] })) {
        const answer = await post(step, form)
        answer.assertStatus(200)
        assert.match(answer.redirects().at(-1) ?? '', new RegExp(`${address}$`), step)
        assert.match(answer.text(), sentence, step)
        assert.include(answer.text(), 'Rien n’a changé', step)
        assert.deepEqual(await all(), before, step)
      }
      for (const step of STEPS) {
        const answer = await client.get(`${address}/${step}`).withGuard('portal').loginAs(owner)
        answer.assertStatus(200)
        assert.match(answer.redirects().at(-1) ?? '', new RegExp(`${address}$`), step)
        assert.match(answer.text(), sentence, step)
        assert.notInclude(answer.text(), 'Rien n’a changé', step)
      }
      assert.deepEqual(await booksAreWrong(), [])
    })

  test('pays once when both launch at the same moment', async ({ client, assert }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const { campaign, quote } = await aQuoted(own)
    const address = `/portal/campaigns/${campaign.id}`
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        client
          .post(`${address}/launch`)
          .withGuard('portal')
          .loginAs(owner)
          .withCsrfToken()
          .header('referer', `${process.env.APP_URL}${address}/review`)
          .form({ quote: quote.id })
      )
    )
    for (const answer of answers) {
      answer.assertStatus(200)
      assert.match(answer.redirects().at(-1) ?? '', new RegExp(`${address}$`))
    }
    assert.equal(await own.held(), quote.maximum)
    assert.equal(await own.available(), 100_000n - quote.maximum)
    assert.lengthOf(
      await sql('select 1 from campaign_runs where campaign_id = $1::uuid', [campaign.id]),
      1
    )
  })

  test('launches from its page what was paid and not launched', async ({ client, assert }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const { campaign, quote } = await aQuoted(own)
    const address = `/portal/campaigns/${campaign.id}`
    await payCampaign({ campaign, quoteId: quote.id, by: own.by, now: new Date() })
    const review = await client.get(`${address}/review`).withGuard('portal').loginAs(owner)
    review.assertStatus(200)
    assert.match(review.text(), /somme de cette campagne a été réservée le/)
    assert.include(review.text(), 'Lancer maintenant')
    const launched = await client
      .post(`${address}/launch`)
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .form({ quote: quote.id })
    launched.assertTextIncludes('La campagne est lancée.')
    assert.equal(await own.held(), quote.maximum)
  })

  test('of another account finds nothing', async ({ client }) => {
    const own = await aClient()
    const { campaign, quote } = await aQuoted(own)
    const stranger = await User.findOrFail((await aClient()).userId)
    for (const [step, form] of posts({ quote: quote.id, list: campaign.listIds[0] }))
      (
        await client
          .post(`/portal/campaigns/${campaign.id}/${step}`)
          .withGuard('portal')
          .loginAs(stranger)
          .withCsrfToken()
          .form(form)
      ).assertStatus(404)
  })
})
