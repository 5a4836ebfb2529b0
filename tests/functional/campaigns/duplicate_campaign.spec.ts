import { test } from '@japa/runner'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aList, aService, type Client } from '#tests/line_kit'

test.group('Duplicating a campaign', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  async function quoted(client: Client) {
    const service = await aService('fixture_messaging')
    const listId = await aList(client, 2)
    const campaign = await createCampaign({
      accountId: client.accountId,
      service,
      name: 'Soldes',
      brief: { subject: 'Soldes', text: 'Bonjour' },
      listIds: [listId],
      by: client.by,
    })
    await quoteCampaign({ campaign, by: client.by, now: new Date() })
    return { campaign, service }
  }
  const copiesOf = (client: Client) =>
    sql<{ id: string; name: string }>(
      `select id, name from campaigns where account_id = $1::uuid and name like 'Copie%'`,
      [client.accountId]
    )

  test('makes a draft that says the same to the same lists, and takes no price along', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const { campaign } = await quoted(client)
    const answer = await http
      .post(`/portal/campaigns/${campaign.id}/duplicate`)
      .withGuard('portal')
      .loginAs(await User.findOrFail(client.userId))
      .withCsrfToken()
      .redirects(0)
    const [copy] = await copiesOf(client)
    answer.assertHeader('location', `/portal/campaigns/${copy.id}`)
    assert.equal(copy.name, 'Copie de Soldes')
    const original = await findCampaign(client.accountId, campaign.id)
    const made = await findCampaign(client.accountId, copy.id)
    assert.equal(made.state, 'draft')
    assert.isNull(made.quoteId)
    assert.deepEqual(made.brief, original.brief)
    assert.deepEqual(made.listIds, original.listIds)
    assert.equal(original.state, 'quoted')
  })

  test('refuses readers, other accounts, and a service that is no longer for sale', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const { campaign, service } = await quoted(client)
    const ask = async (userId: string) =>
      http
        .post(`/portal/campaigns/${campaign.id}/duplicate`)
        .header('accept', 'application/json')
        .withGuard('portal')
        .loginAs(await User.findOrFail(userId))
        .withCsrfToken()
    const stranger = await aClient()
    const strange = await ask(stranger.userId)
    strange.assertStatus(404)

    await sql(`update memberships set role = 'reader' where user_id = $1::uuid`, [client.userId])
    const reader = await ask(client.userId)
    reader.assertStatus(403)
    await sql(`update memberships set role = 'owner' where user_id = $1::uuid`, [client.userId])

    await sql(`update services set status = 'draft' where id = $1::uuid`, [service.id])
    const withdrawn = await ask(client.userId)
    withdrawn.assertStatus(409)
    assert.match(JSON.stringify(withdrawn.body()), /n’est plus en vente/)
    await sql(`update services set status = 'published' where id = $1::uuid`, [service.id])
    assert.lengthOf(await copiesOf(client), 0)
  })
})
