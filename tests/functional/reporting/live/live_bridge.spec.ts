import { runFactory } from '#database/factories/run_factory'
import { randomUUID } from 'node:crypto'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import transmit from '@adonisjs/transmit/services/main'
import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { cancelCampaign } from '#core/campaigns/lifecycle/cancel_campaign'
import pluginKernel from '#core/plugins/main'
import { startLiveBridge, type LiveBridge } from '#core/reporting/live/live_bridge'
import type { LiveMessage } from '#core/reporting/live/live_message'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aService } from '#tests/line_kit'

test.group('Live progress', (group) => {
  let bridge: LiveBridge
  /** Their runs were never expanded: a worker must not take them up */
  group.teardown(async () => {
    await sql(`delete from campaigns where name = 'En direct'`)
  })
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
    bridge = await startLiveBridge()
    return () => bridge.stop()
  })

  async function campaignWithRun() {
    const one = await aClient()
    const campaign = await createCampaign({
      accountId: one.accountId,
      service: await aService('fixture_messaging'),
      name: 'En direct',
      brief: {},
      by: one.by,
    })
    await sql(`update campaigns set state = 'running' where id = $1::uuid`, [campaign.id])
    const runId = await runFactory(campaign.id, {
      audience: 110,
      pending: 60,
      accepted: 40,
      excluded: 10,
    })
    return { one, campaign, runId }
  }

  /** What pages of one campaign are told while the work goes on */
  async function toldWhile(channel: string, work: () => Promise<unknown>): Promise<LiveMessage[]> {
    const told: LiveMessage[] = []
    const stop = transmit.on('broadcast', (broadcast) => {
      if (broadcast.channel === channel) told.push(broadcast.payload as LiveMessage)
    })
    const { uid, stream } = openStream()
    await transmit.getManager().subscribe({ uid, channel, skipAuthorization: true })
    try {
      await work()
    } finally {
      stop()
      stream.destroy()
    }
    return told
  }

  test('tells the pages of a campaign where it stands, at most twice a second', async ({
    assert,
  }) => {
    const { campaign, runId } = await campaignWithRun()
    const told = await toldWhile(`campaigns/${campaign.id}/fr`, async () => {
      for (let n = 0; n < 40; n++) {
        await sql(`select pg_notify('run_progress', $1)`, [String(runId)])
        await sleep(25)
      }
      await sleep(700)
    })
    assert.isAtLeast(told.length, 2)
    assert.isAtMost(told.length, 4)
    assert.deepInclude(told[0], {
      parts: { delivered: 40, pending: 60, uncertain: 0, failed: 0 },
      total: 100,
      state: 'running',
    })
    assert.deepInclude(told[0].values, {
      delivered: '40',
      pending: '60',
      excluded: '10',
      captured: '0\u00A0F\u202FCFA',
    })
    assert.match(told[0].values.delivered_share, /^40\s%$/)
    assert.equal(told[0].summary, '40 acceptés, 60 en attente, 0 à l’issue inconnue, 0 refusés.')
    assert.isAtMost(told[0].elapsed ?? Infinity, 60)
    assert.match(told[0].note, /^Actualisé à \d\d:\d\d:\d\d$/)
  })

  test('tells the state, so that a page that says another is read anew', async ({ assert }) => {
    const { one, campaign } = await campaignWithRun()
    const told = await toldWhile(`campaigns/${campaign.id}/en`, async () => {
      await cancelCampaign({ campaign: { id: campaign.id, accountId: one.accountId }, by: one.by })
      await sleep(400)
    })
    assert.equal(told.at(-1)?.state, 'cancelled')
    assert.match(told.at(-1)?.note ?? '', /^Updated at/)
  })

  test('lets only people of the account listen', async ({ client, assert }) => {
    const { one, campaign } = await campaignWithRun()
    const stranger = await aClient()
    const ask = async (userId: string | null) => {
      const { uid, stream } = openStream()
      const request = client
        .post('/__transmit/subscribe')
        .json({ uid, channel: `campaigns/${campaign.id}/fr` })
      const answer = await (userId === null
        ? request
        : request.withGuard('portal').loginAs(await User.findOrFail(userId)))
      stream.destroy()
      return answer.status()
    }
    assert.equal(await ask(null), 401)
    assert.equal(await ask(stranger.userId), 400)
    assert.equal(await ask(one.userId), 204)
  })
})

/** A page's connection, without the network */
function openStream() {
  const uid = randomUUID()
  const stream = transmit.createStream({
    uid,
    context: {} as never,
    request: new IncomingMessage(new Socket()),
    response: new ServerResponse(new IncomingMessage(new Socket())),
  })
  return { uid, stream }
}
