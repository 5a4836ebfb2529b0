import { test } from '@japa/runner'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import { liveFigures } from '#core/campaigns/overview/live_figures'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { suppressAddress } from '#core/audience/consent/suppress_address'
import { sql } from '#core/database/sql'
import { expandRun } from '#core/delivery/expansion/expand_run'
import { deliveryPool } from '#core/runs/delivery_pool'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aList, aService, deliveryStates, runJobs } from '#tests/line_kit'
import { aLaunchedRun } from './run_kit.js'

test.group('Expansion', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  test('excludes who refused, never agreed or has no address, with the reason, and counts all', async ({
    assert,
  }) => {
    const client = await aClient()
    const service = await aService('fixture_messaging')
    const [yes, no] = [
      await aList(client, ['a@example.com', 'b@example.com']),
      await aList(client, ['c@example.com'], 'refused'),
    ]
    await suppressAddress({
      accountId: client.accountId,
      address: 'b@example.com',
      reason: 'unsubscribed',
      source: 'test',
    })
    const created = await createCampaign({
      accountId: client.accountId,
      service,
      name: 'Essai',
      brief: { subject: 'Bonjour', text: 'Bonjour' },
      listIds: [yes, no],
      by: client.by,
    })
    const quote = await quoteCampaign({ campaign: created, by: client.by, now: new Date() })
    assert.equal(quote.reachable, 1)
    const campaign = await findCampaign(client.accountId, created.id)
    await payCampaign({ campaign, quoteId: quote.id, by: client.by, now: new Date() })
    await launchCampaign({ campaign, by: client.by, now: new Date() })
    await runJobs()
    const figures = await liveFigures({ accountId: client.accountId, campaignId: campaign.id })
    assert.deepInclude(figures, { audience: 3, accepted: 1, excluded: 2 })
    assert.sameDeepMembers(
      [...figures.exclusions],
      [
        { reason: 'suppressed', count: 1 },
        { reason: 'unconsented', count: 1 },
      ]
    )
  })

  test('does not pay for people who joined the list after the quote', async ({ assert }) => {
    const client = await aClient()
    const { run } = await aLaunchedRun(client, 3)
    await sql(
      `with made as (insert into contacts (account_id, email, consent) select $1, 'late' || n || '@example.com', 'granted' from generate_series(1, 5) n returning id)
       insert into contact_list_members (list_id, contact_id) select $2, id from made`,
      [client.accountId, run.snapshot.listIds[0]]
    )
    await expandRun(run, 'email')
    assert.deepEqual(await deliveryStates(run.id), { pending: 3, excluded: 5 })
  })

  test('expands once, also when the job runs twice', async ({ assert }) => {
    const client = await aClient()
    const { run } = await aLaunchedRun(client, 10)
    await Promise.all([expandRun(run, 'email'), expandRun(run, 'email')])
    assert.deepEqual(await deliveryStates(run.id), { pending: 10 })
  })

  test('lets outcomes be written while the rest is expanded, and drops a slice of a run that was cancelled', async ({
    assert,
  }) => {
    const client = await aClient()
    const { run, campaign } = await aLaunchedRun(client, 10)
    const other = await deliveryPool().connect()
    try {
      /** Somebody who writes counters holds the run's row: a slice waits for it at its very end alone */
      await other.query('begin')
      await other.query('select 1 from campaign_runs where id = $1 for no key update', [run.id])
      const expanding = expandRun(run, 'email')
      await new Promise((resolve) => setTimeout(resolve, 300))
      const { rows } = await other.query<{ waits: string }>(
        `select regexp_substr(query, '^\\s*\\w+ \\w+') waits from pg_stat_activity where wait_event_type = 'Lock' and query like '%campaign_runs%' and datname = current_database()`
      )
      assert.deepEqual(
        rows.map((row) => row.waits.trim()),
        ['with run']
      )
      /** Settling counts the run first, then its destinations: a slice that took them in another order would be a deadlock */
      await other.query(
        `insert into run_destinations (run_id, destination) values ($1, 'example.com') on conflict do nothing`,
        [run.id]
      )
      await other.query(`update campaign_runs set state = 'cancelled' where id = $1`, [run.id])
      await other.query('commit')
      await expanding
    } finally {
      other.release()
    }
    assert.deepEqual(await deliveryStates(run.id), {})
    assert.equal((await findCampaign(client.accountId, campaign.id)).state, 'running')
  })
})
