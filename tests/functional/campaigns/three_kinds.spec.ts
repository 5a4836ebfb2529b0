import i18nManager from '@adonisjs/i18n/services/main'
import { test } from '@japa/runner'
import type Campaign from '#core/campaigns/models/campaign'
import { cancelCampaign } from '#core/campaigns/lifecycle/cancel_campaign'
import { campaignStory } from '#core/campaigns/overview/campaign_story'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { liveFigures } from '#core/campaigns/overview/live_figures'
import { pauseCampaign } from '#core/campaigns/lifecycle/pause_campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { resumeCampaign } from '#core/campaigns/lifecycle/resume_campaign'
import { describeStory } from '#core/campaigns/overview/describe_story'
import { SYSTEM } from '#core/database/actor'
import { disablePlugin } from '#core/plugins/lifecycle/disable_plugin'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { network } from '#tests/fixtures/plugins/fixture_media/network'
import {
  aClient,
  aList,
  aService,
  booksAreWrong,
  deliveryStates,
  runJobs,
  type Client,
} from '#tests/line_kit'

/** Brief → quote → hold → launch, for any kind */
async function launched(o: {
  client: Client
  plugin: string
  brief: Record<string, unknown>
  listIds?: string[]
}) {
  const service = await aService(o.plugin)
  const created = await createCampaign({
    accountId: o.client.accountId,
    service,
    name: 'Essai',
    brief: o.brief,
    listIds: o.listIds,
    by: o.client.by,
  })
  const quote = await quoteCampaign({ campaign: created, by: o.client.by, now: new Date() })
  const campaign = await findCampaign(o.client.accountId, created.id)
  await payCampaign({ campaign, quoteId: quote.id, by: o.client.by, now: new Date() })
  await launchCampaign({ campaign, by: o.client.by, now: new Date() })
  return { campaign, quote }
}

/** The line of the media fixture: an ad of ten clicks, unless told */
const advertised = (client: Client, brief: { headline?: string; clicks?: number } = {}) =>
  launched({
    client,
    plugin: 'fixture_media',
    brief: { headline: 'Soldes', url: 'https://example.com', clicks: 10, ...brief },
  })

const stateOf = async (campaign: Campaign) =>
  (await findCampaign(campaign.accountId, campaign.id)).state
const figuresOf = (campaign: Campaign) =>
  liveFigures({ accountId: campaign.accountId, campaignId: campaign.id })

test.group('The line, for each kind of channel', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('messaging: delivers, charges what was accepted and gives the rest back', async ({
    assert,
  }) => {
    const client = await aClient()
    const list = await aList(client, [
      'a@example.com',
      'b@example.com',
      'reject@example.com',
      'unknown@example.com',
    ])
    const { campaign, quote } = await launched({
      client,
      plugin: 'fixture_messaging',
      brief: { subject: 'Bonjour', text: 'Bonjour {{ contact.first_name }}' },
      listIds: [list],
    })
    assert.equal(quote.maximum, 40n)
    assert.equal(await client.held(), 40n)

    await runJobs()
    assert.equal(await stateOf(campaign), 'finished')
    const figures = await figuresOf(campaign)
    assert.deepEqual(await deliveryStates(figures.runId as number), {
      accepted: 2,
      rejected: 1,
      uncertain: 1,
    })
    assert.equal(figures.captured, 20n)
    assert.equal(figures.released, 20n)
    assert.equal(await client.available(), 99_980n)
    assert.equal(await client.held(), 0n)
    assert.deepEqual(
      (await campaignStory({ accountId: client.accountId, campaignId: campaign.id })).map(
        (line) => line.to
      ),
      ['draft', 'quoted', 'paid', 'running', 'finished']
    )
    assert.isEmpty(await booksAreWrong())
  })

  test('messaging: sends nothing while paused, goes on when resumed', async ({ assert }) => {
    const client = await aClient()
    const list = await aList(client, 45)
    const { campaign } = await launched({
      client,
      plugin: 'fixture_messaging',
      brief: { subject: 'x', text: 'y' },
      listIds: [list],
    })
    await pauseCampaign({ campaign, by: client.by })
    await runJobs()
    assert.deepInclude(await figuresOf(campaign), { accepted: 0, pending: 45 })

    await resumeCampaign({ campaign, by: client.by, now: new Date() })
    await runJobs()
    assert.deepInclude(await figuresOf(campaign), {
      accepted: 45,
      pending: 0,
      captured: 450n,
      released: 0n,
    })
    assert.equal(await stateOf(campaign), 'finished')
  })

  test('messaging: a cancelled campaign writes to nobody more, says so apart from who is excluded, and gives everything back', async ({
    assert,
  }) => {
    const client = await aClient()
    const list = await aList(client, 30)
    const { campaign } = await launched({
      client,
      plugin: 'fixture_messaging',
      brief: { subject: 'x', text: 'y' },
      listIds: [list],
    })
    await pauseCampaign({ campaign, by: client.by })
    await runJobs()
    await cancelCampaign({ campaign, by: client.by, why: 'trop tôt' })
    await runJobs()
    const figures = await figuresOf(campaign)
    assert.deepInclude(figures, {
      accepted: 0,
      pending: 0,
      excluded: 0,
      exclusions: [],
      unsent: 30,
      released: 300n,
    })
    assert.equal(await client.available(), 100_000n)
    assert.isEmpty(await booksAreWrong())
  })

  test('media: places step by step, charges spend once, follows pause, stops at the end', async ({
    assert,
  }) => {
    const client = await aClient()
    const { campaign, quote } = await advertised(client, { clicks: 50 })
    assert.equal(quote.maximum, 500n)
    await runJobs()
    const figures = await figuresOf(campaign)
    const far = network.get(`network-${figures.runId}`)
    assert.equal(far?.state, 'running')
    assert.equal(await stateOf(campaign), 'running')

    if (far) far.clicks = 20
    await runJobs({ later: true })
    assert.equal((await figuresOf(campaign)).captured, 200n)
    await runJobs({ later: true })
    assert.equal((await figuresOf(campaign)).captured, 200n, 'the same total is not charged twice')

    await pauseCampaign({ campaign, by: client.by })
    await runJobs()
    assert.equal(far?.state, 'paused')
    await resumeCampaign({ campaign, by: client.by, now: new Date() })
    await runJobs()
    assert.equal(far?.state, 'running')

    if (far) far.clicks = 50
    await runJobs({ later: true })
    assert.equal(await stateOf(campaign), 'finished')
    assert.deepInclude(await figuresOf(campaign), { captured: 500n, released: 0n })
    assert.isEmpty(await booksAreWrong())
  })

  test('media: the kernel stops at the approved ceiling, whatever the network spends', async ({
    assert,
  }) => {
    const client = await aClient()
    const { campaign } = await advertised(client)
    await runJobs()
    const far = network.get(`network-${(await figuresOf(campaign)).runId}`)
    if (far) Object.assign(far, { clicks: 90, budget: 1_000 })
    await runJobs({ later: true })
    assert.equal(far?.state, 'stopped')
    assert.equal((await figuresOf(campaign)).captured, 100n)
    assert.equal(await client.available(), 99_900n)
  })

  test('media: cancelled, it stops the network, charges what was spent and gives the rest back', async ({
    assert,
  }) => {
    const client = await aClient()
    const { campaign } = await advertised(client)
    await runJobs()
    const far = network.get(`network-${(await figuresOf(campaign)).runId}`)
    if (far) far.clicks = 3
    await cancelCampaign({ campaign, by: client.by })
    await runJobs()
    assert.equal(far?.state, 'stopped')
    assert.deepInclude(await figuresOf(campaign), { captured: 30n, released: 70n })
    assert.isEmpty(await booksAreWrong())
  })

  test('media: a refused step fails the campaign and gives everything back', async ({ assert }) => {
    const client = await aClient()
    const { campaign } = await advertised(client, { headline: 'forbidden' })
    await runJobs()
    assert.equal(await stateOf(campaign), 'failed')
    assert.equal(await client.available(), 100_000n)
  })

  test('media: paused before its launch, it asks the network for nothing until it is resumed', async ({
    assert,
  }) => {
    const client = await aClient()
    const { campaign } = await advertised(client)
    await pauseCampaign({ campaign, by: client.by })
    await runJobs()
    const far = async () => network.get(`network-${(await figuresOf(campaign)).runId}`)
    assert.isUndefined(await far())
    await resumeCampaign({ campaign, by: client.by, now: new Date() })
    await runJobs()
    assert.equal((await far())?.state, 'running')
  })

  test('media: paused and cancelled while its plugin is away, the network hears of it when the plugin is back', async ({
    assert,
    cleanup,
  }) => {
    const client = await aClient()
    const { campaign } = await advertised(client)
    await runJobs()
    const far = network.get(`network-${(await figuresOf(campaign)).runId}`)
    const back = () => enablePlugin({ kernel: pluginKernel, id: 'fixture_media', by: SYSTEM })
    cleanup(async () => void (await back()))
    await disablePlugin({ kernel: pluginKernel, id: 'fixture_media', by: SYSTEM })
    await pauseCampaign({ campaign, by: client.by })
    await runJobs()
    assert.equal(far?.state, 'running')

    await back()
    await runJobs()
    assert.equal(far?.state, 'paused')

    await disablePlugin({ kernel: pluginKernel, id: 'fixture_media', by: SYSTEM })
    await cancelCampaign({ campaign, by: client.by })
    await runJobs()
    await back()
    await runJobs()
    assert.equal(far?.state, 'stopped')
    assert.equal(await client.available(), 100_000n)
  })

  test('media: a step that nobody knows about asks people, in their language, and is not asked for again', async ({
    assert,
  }) => {
    const client = await aClient()
    const { campaign } = await advertised(client, { headline: 'silent' })
    await runJobs()
    assert.equal(await stateOf(campaign), 'paused')
    const last = (await campaignStory({ accountId: client.accountId, campaignId: campaign.id })).at(
      -1
    )
    const told = (locale: string) =>
      describeStory({
        story: last ? [last] : [],
        i18n: i18nManager.locale(locale),
        currency: 'XOF',
        zone: 'Africa/Abidjan',
        now: new Date(),
      })[0].text
    assert.include(told('fr'), 'Déposer l’annonce')
    assert.include(told('en'), 'Upload the ad')

    await resumeCampaign({ campaign, by: client.by, now: new Date() })
    await runJobs()
    assert.equal(await stateOf(campaign), 'paused')
    const far = network.get(`network-${(await figuresOf(campaign)).runId}`)
    assert.lengthOf(far?.ads ?? [], 0)
    assert.isFalse(far?.served, 'a launch that is not complete is not switched on')
    await cancelCampaign({ campaign, by: client.by })
    await runJobs()
    assert.equal(await client.available(), 100_000n)
    assert.isEmpty(await booksAreWrong())
  })

  test('engagement: pays each milestone when its deliverable is there', async ({ assert }) => {
    const client = await aClient()
    const { campaign, quote } = await launched({
      client,
      plugin: 'fixture_engagement',
      brief: { website: 'https://example.com', pages: 12 },
    })
    assert.equal(quote.maximum, 130n)
    await runJobs()
    assert.equal(await stateOf(campaign), 'running')
    assert.equal((await figuresOf(campaign)).captured, 120n)
    await runJobs({ later: true })
    assert.equal(await stateOf(campaign), 'finished')
    assert.deepInclude(await figuresOf(campaign), { captured: 130n, released: 0n })
  })

  test('engagement: paused work does not advance, cancelled work is closed and the rest goes back', async ({
    assert,
  }) => {
    const client = await aClient()
    const { campaign } = await launched({
      client,
      plugin: 'fixture_engagement',
      brief: { website: 'https://example.com', pages: 12 },
    })
    await runJobs()
    await pauseCampaign({ campaign, by: client.by })
    await runJobs({ later: true })
    assert.equal((await figuresOf(campaign)).captured, 120n)
    await cancelCampaign({ campaign, by: client.by })
    await runJobs({ later: true })
    assert.deepInclude(await figuresOf(campaign), { captured: 120n, released: 10n })
    assert.isEmpty(await booksAreWrong())
  })
})
