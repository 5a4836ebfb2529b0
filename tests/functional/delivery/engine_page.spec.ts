import { test } from '@japa/runner'
import { findCampaign } from '#core/campaigns/find_campaign'
import { pauseCampaign } from '#core/campaigns/lifecycle/pause_campaign'
import { sql } from '#core/database/sql'
import { engineState } from '#core/delivery/operations/engine_state'
import { addJob } from '#core/jobs/add_job'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient } from '#tests/line_kit'
import { anExpandedRun, PLUGIN } from './run_kit.js'
import { aStaffMember, aWorker } from './waiting_kit.js'

const UNTRANSLATED = /translation missing|>\s*(?:campaigns|ui)\.[a-z_.]+\s*</i

test.group('The Engine page', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql('delete from rate_buckets')
    await sql('delete from workers')
    await sql(`delete from graphile_worker._private_jobs where key like 'test:%'`)
    await sql(`update campaigns set state = 'cancelled' where state in ('running', 'paused')`)
    await sql(
      `update campaign_runs set state = 'cancelled' where state in ('expanding', 'running')`
    )
  })

  test('shows workers, lanes, what is stuck, and each sending with why it waits', async ({
    client,
    assert,
  }) => {
    await aWorker()
    const run = await anExpandedRun(await aClient(), ['a@one.example'], { name: 'Grande vente' })
    await sql(
      `insert into rate_buckets (key, ceiling, rate, blocked_until, faults, why) values ('${PLUGIN} slow.example', 5, 1, now() + interval '1 hour', 2, '421 trop de messages')`
    )
    await sql(`update campaign_runs set uncertain = 4 where id = $1`, [run.id])
    await addJob('delivery.retire', {}, { key: 'test:failed', maxAttempts: 1 })
    await sql(
      `update graphile_worker._private_jobs set attempts = max_attempts, last_error = E'no partition\\n at line 4' where key = 'test:failed'`
    )
    const page = await client
      .get('/admin/engine')
      .withGuard('admin')
      .loginAs(await aStaffMember('admin'))
    page.assertStatus(200)
    assert.notMatch(page.text(), UNTRANSLATED)
    for (const words of [
      'machine-1 · 4242',
      '421 trop de messages',
      'slow.example',
      'Grande vente',
      'En attente\u00a0: la campagne attend son tour.',
      'delivery.retire, 1 fois\u00a0: no partition',
      `/admin/campaigns/${run.campaignId}/uncertain?run=${run.id}`,
    ])
      page.assertTextIncludes(words)
  })

  test('lets administrators act, and support only look', async ({ client, assert }) => {
    const support = await aStaffMember('support')
    const page = await client.get('/admin/engine').withGuard('admin').loginAs(support)
    page.assertStatus(200)
    assert.notInclude(page.text(), 'action="/admin/engine')
    for (const path of ['unstick', 'release', 'unblock', 'ceiling'])
      (
        await client
          .post(`/admin/engine/${path}`)
          .withGuard('admin')
          .loginAs(support)
          .withCsrfToken()
          .redirects(0)
          .form({ what: 'jobs', run: 1, key: 'x', plugin: PLUGIN, destination: 'a.example' })
      ).assertStatus(403)
    ;(await client.get('/admin/engine').redirects(0)).assertStatus(302)
  })

  test('tries failed jobs anew', async ({ client, assert }) => {
    await addJob('delivery.retire', {}, { key: 'test:failed', maxAttempts: 1 })
    await sql(
      `update graphile_worker._private_jobs set attempts = max_attempts where key = 'test:failed'`
    )
    await act(client, 'unstick', { what: 'jobs' })
    assert.deepEqual(
      await sql(`select attempts from graphile_worker._private_jobs where key = 'test:failed'`),
      [{ attempts: 0 }]
    )
  })

  test('takes over chunks whose lease ran out', async ({ client, assert }) => {
    const run = await anExpandedRun(await aClient(), 3)
    await sql(
      `update delivery_chunks set state = 'leased', lease_until = now() - interval '1 minute' where run_id = $1`,
      [run.id]
    )
    assert.equal((await engineState()).stuck.expiredChunks, 1)
    await sql(`delete from graphile_worker._private_jobs where key like 'dispatch:%'`)
    await act(client, 'unstick', { what: 'chunks' })
    assert.isNotEmpty(
      await sql(`select 1 from graphile_worker._private_jobs where key like $1`, [
        `dispatch:${PLUGIN}:%`,
      ])
    )
  })

  test('gives an expansion that lost its job a new one, and leaves the others', async ({
    client,
    assert,
  }) => {
    const run = await anExpandedRun(await aClient(), 3)
    await sql(
      `update campaign_runs set state = 'expanding', launched_at = now() - interval '1 hour' where id = $1`,
      [run.id]
    )
    assert.equal((await engineState()).stuck.stalledExpansions, 0)
    const key = `begin:${run.id}`
    await sql('delete from graphile_worker._private_jobs where key = $1', [key])
    assert.equal((await engineState()).stuck.stalledExpansions, 1)
    await act(client, 'unstick', { what: 'expansions' })
    assert.lengthOf(
      await sql('select 1 from graphile_worker._private_jobs where key = $1', [key]),
      1
    )
    assert.equal((await engineState()).stuck.stalledExpansions, 0)
  })

  test('lets the rest of a trial sending go, in the name of who did it', async ({
    client,
    assert,
  }) => {
    const own = await aClient()
    const run = await anExpandedRun(own, 3)
    await sql(`update delivery_chunks set state = 'held' where run_id = $1`, [run.id])
    await sql(`update campaign_runs set canary_state = 'waiting' where id = $1`, [run.id])
    await act(client, 'release', { run: run.id })
    assert.deepEqual(await sql('select state from delivery_chunks where run_id = $1', [run.id]), [
      { state: 'open' },
    ])
    const last = () =>
      sql<{ what: string | null; to_state: string; by_name: string }>(
        'select what, to_state, by_name from campaign_changes where campaign_id = $1::uuid order by id desc limit 1',
        [run.campaignId]
      ).then(([row]) => row)
    assert.deepEqual(await last(), {
      what: 'canary_released',
      to_state: 'running',
      by_name: 'Ama Diop',
    })

    const campaign = await findCampaign(own.accountId, run.campaignId)
    await pauseCampaign({ campaign, by: own.by })
    await sql(`update campaign_runs set canary_state = 'failed' where id = $1`, [run.id])
    await act(client, 'release', { run: run.id })
    assert.deepInclude(await last(), { to_state: 'running', by_name: 'Ama Diop' })
  })

  test('unblocks a destination, and says so when it was not blocked', async ({
    client,
    assert,
  }) => {
    const key = `${PLUGIN} slow.example`
    await sql(
      `insert into rate_buckets (key, rate, blocked_until, faults, why) values ($1, 1, now() + interval '1 hour', 2, '421')`,
      [key]
    )
    const page = await act(client, 'unblock', { key })
    page.assertTextIncludes('réessayée tout de suite')
    assert.deepEqual(
      await sql('select blocked_until, faults from rate_buckets where key = $1', [key]),
      [{ blocked_until: null, faults: 0 }]
    )
    ;(await act(client, 'unblock', { key })).assertTextIncludes('n’était pas suspendue')
  })

  test('sets and removes a ceiling for a destination, and refuses what is none', async ({
    client,
    assert,
  }) => {
    const ceilings = () =>
      sql(`select key, ceiling from rate_buckets where ceiling is not null order by key`)
    await act(client, 'ceiling', {
      plugin: PLUGIN,
      destination: ' @Gmail.COM ',
      per_second: '2.5',
    })
    await act(client, 'ceiling', { plugin: PLUGIN, destination: '+22507', per_second: '10' })
    assert.deepEqual(await ceilings(), [
      { key: `${PLUGIN} +22507`, ceiling: 10 },
      { key: `${PLUGIN} gmail.com`, ceiling: 2.5 },
    ])
    for (const wrong of [
      { plugin: PLUGIN, destination: 'two words.example', per_second: '0' },
      { plugin: PLUGIN, destination: '+225', per_second: '1' },
      { plugin: PLUGIN, destination: 'gmail', per_second: '1' },
      { plugin: 'nothing', destination: 'a.example', per_second: '1' },
    ])
      await act(client, 'ceiling', wrong)
    await act(client, 'ceiling', { plugin: PLUGIN, destination: '+22507' })
    assert.deepEqual(await ceilings(), [{ key: `${PLUGIN} gmail.com`, ceiling: 2.5 }])
  })
})

type Http = Parameters<Parameters<typeof test>[1] & object>[0]['client']

/** Presses a button of the page as an administrator, and gives the page that follows */
async function act(client: Http, path: string, form: Record<string, unknown>) {
  const page = await client
    .post(`/admin/engine/${path}`)
    .withGuard('admin')
    .loginAs(await aStaffMember('admin'))
    .withCsrfToken()
    .header('referer', '/admin/engine')
    .form(form)
  page.assertStatus(200)
  return page
}
