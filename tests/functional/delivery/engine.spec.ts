import { test } from '@japa/runner'
import { cancelCampaign } from '#core/campaigns/lifecycle/cancel_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { suppressAddress } from '#core/audience/consent/suppress_address'
import { sql } from '#core/database/sql'
import { expandRun } from '#core/delivery/expansion/expand_run'
import { finishRun } from '#core/delivery/ending/finish_run'
import { settleWindow } from '#core/delivery/dispatch/settle_window'
import pluginKernel from '#core/plugins/main'
import { queueDispatches } from '#core/delivery/dispatch/queue_dispatch'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, deliveryStates, runJobs } from '#tests/line_kit'
import { aChunk, aLaunchedRun, hand, theRun } from './run_kit.js'

const accepted = (n: number) => Array.from({ length: n }, () => ({ status: 'accepted' as const }))

test.group('The delivery engine', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  test('does not write to somebody who unsubscribes while the campaign runs', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run } = await aLaunchedRun(client, ['a@example.com', 'b@example.com'])
    await expandRun(run, 'email')
    await suppressAddress({
      accountId: client.accountId,
      address: 'b@example.com',
      reason: 'unsubscribed',
      source: 'test',
    })
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, excluded: 1 })
  })

  test('waits for windows in flight before it gives the money of a cancelled campaign back', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run, campaign } = await aLaunchedRun(client, 10)
    await expandRun(run, 'email')
    const chunk = await aChunk(run)
    const rows = await hand(run, chunk, 1, 4)
    await cancelCampaign({ campaign, by: client.by })
    assert.equal(await finishRun(run.id, new Date()), 'in_flight')
    assert.equal(await client.held(), 100n)

    await settleWindow({
      run: await theRun(run.id),
      lease: chunk.lease,
      rows,
      outcomes: accepted(4),
      defaultUnit: 'fixture_messaging.message',
      now: new Date(),
    })
    assert.equal(await finishRun(run.id, new Date()), 'cancelled')
    assert.equal(await client.held(), 0n)
    assert.equal(await client.available(), 99_960n)
    assert.deepEqual(await deliveryStates(run.id), { accepted: 4, excluded: 6 })
    assert.isEmpty(await booksAreWrong())
  })

  test('tries a deferred delivery again at its time, and gives up in the end', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run, campaign } = await aLaunchedRun(client, ['defer@example.com', 'a@example.com'])
    await runJobs()
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, deferred: 1 })
    for (let tries = 2; tries <= 18; tries++) {
      await sql(
        `update deliveries set not_before = now() - interval '1 second' where run_id = $1 and state = 'deferred'`,
        [run.id]
      )
      await sql(
        `update delivery_chunks set not_before = now() - interval '1 second' where run_id = $1 and state = 'open'`,
        [run.id]
      )
      /** As the sweep does each minute for what is due later than a minute and a half */
      await queueDispatches(run)
      await runJobs()
    }
    assert.deepEqual(await deliveryStates(run.id), { accepted: 1, rejected: 1 })
    assert.equal((await findCampaign(client.accountId, campaign.id)).state, 'finished')
    assert.equal(await client.held(), 0n)
  }).timeout(60_000)

  test('goes on sending through one plugin while another throws, and names what that one had', async ({
    assert,
  }) => {
    const client = await aClient()
    const bad = await aLaunchedRun(client, 20, { plugin: 'throws_in_send' })
    const good = await aLaunchedRun(client, 20)
    await runJobs().catch(() => undefined)
    await runJobs().catch(() => undefined)

    assert.deepEqual(await deliveryStates(good.run.id), { accepted: 20 })
    const states = await deliveryStates(bad.run.id)
    assert.isAbove(states.uncertain ?? 0, 0)
    assert.isUndefined(states.accepted)
    const [row] = await sql<{ code: string }>(
      `select code from plugin_failures where plugin_id = 'throws_in_send' order by id desc limit 1`
    )
    assert.equal(row.code, 'E_PLUGIN_THREW')
    assert.isEmpty(await booksAreWrong())
  })
})
