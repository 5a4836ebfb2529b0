import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import { reportFacts } from '#core/facts/report_facts'
import User from '#core/identity/models/user'
import { aClient } from '#tests/line_kit'
import { aSentRun } from '../tracking/tracking_kit.js'

const notice = (run: number, o: object = {}) => ({
  kind: 'notice',
  id: randomUUID(),
  at: new Date(),
  about: { run },
  level: 'warning',
  code: 'budget_low',
  text: { fr: 'Le budget est <presque> épuisé.', en: 'The budget is nearly spent.' },
  ...o,
})
const tell = (facts: unknown[], pluginId = 'fixture_messaging') =>
  reportFacts({ pluginId, facts, now: new Date() })

test.group('What a channel says of a campaign', (group) => {
  group.each.teardown(async () => {
    await sql('delete from parked_facts')
  })

  test('stands in its history once, in the language of who reads it', async ({
    client: http,
    assert,
  }) => {
    const run = await aSentRun()
    const client = await aClient()
    const [{ campaign_id: campaign }] = await sql<{ campaign_id: string }>(
      'update campaign_runs set account_id = $2 where id = $1 returning campaign_id',
      [run, client.accountId]
    )
    await sql('update campaigns set account_id = $2 where id = $1', [campaign, client.accountId])
    const one = notice(run)
    assert.include(await tell([one, one]), { recorded: 1, repeated: 1 })
    assert.include(await tell([one]), { recorded: 0, repeated: 1 })
    const page = async (language: string) =>
      (
        await http
          .get(`/portal/campaigns/${campaign}`)
          .header('accept-language', language)
          .withGuard('portal')
          .loginAs(await User.findOrFail(client.userId))
      ).text()
    const french = await page('fr')
    assert.include(french, 'Message du canal')
    assert.include(french, 'Le budget est &lt;presque&gt; épuisé.')
    assert.lengthOf(french.match(/Message du canal/g) ?? [], 1)
    assert.include(await page('en'), 'The budget is nearly spent.')
  })

  test('is of its own runs alone, and in both languages', async ({ assert }) => {
    const run = await aSentRun()
    await sql(`update campaign_runs set plugin_id = 'email' where id = $1`, [run])
    assert.include(await tell([notice(run)]), { parked: 1, recorded: 0 })
    assert.isEmpty(
      await sql(
        `select 1 from campaign_changes h join campaign_runs r on r.campaign_id = h.campaign_id
          where r.id = $1 and h.what = 'notice'`,
        [run]
      )
    )
    for (const wrong of [
      { about: { run: 0 } },
      { about: {} },
      { level: 'loud' },
      { code: '' },
      { text: { fr: 'x' } },
      { text: 'x' },
    ])
      await assert.rejects(() => tell([notice(run, wrong)]), /facts\[0\]/)
  })
})
