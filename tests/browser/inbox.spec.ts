/// <reference lib="dom" />
import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import { runFactory } from '#database/factories/run_factory'
import Service from '#core/billing/models/service'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { sql } from '#core/database/sql'
import { reportFacts } from '#core/facts/report_facts'
import User from '#core/identity/models/user'
import { aPerson, CLIENT, openHouse, PHONE, signIn } from './house.js'

const ADDRESS = 'fatou.diarra@inbox.example'

test.group('The inbox', (group) => {
  group.setup(() => openHouse())

  /** Somebody to whom the demo's company has written */
  async function aRecipient(): Promise<number> {
    const owner = await User.findByOrFail('email', CLIENT.email)
    const [{ account_id: accountId }] = await sql<{ account_id: string }>(
      'select account_id from memberships where user_id = $1',
      [owner.id]
    )
    const campaign = await createCampaign({
      accountId,
      service: await Service.query().where('status', 'published').firstOrFail(),
      name: 'Ouverture du dimanche',
      by: { kind: 'user', id: owner.id, name: owner.fullName },
    })
    const runId = await runFactory(campaign.id, { state: 'finished', audience: 1, accepted: 1 })
    await sql('select open_run_partitions($1)', [runId])
    await sql(
      `insert into deliveries (run_id, seq, address, destination, state, outcome_at)
       values ($1, 1, $2, 'inbox.example', 'accepted', now())`,
      [runId, ADDRESS]
    )
    return runId
  }

  const writesBack = (text: string) =>
    reportFacts({
      pluginId: 'email',
      now: new Date(),
      facts: [{ kind: 'message', id: randomUUID(), at: new Date(), from: ADDRESS, text }],
    })

  test('takes up what somebody writes while one looks, on a telephone, and keeps what one types', async ({
    browser,
    assert,
    cleanup,
  }) => {
    const runId = await aRecipient()
    const { page, close } = await aPerson(browser, { viewport: PHONE })
    cleanup(async () => {
      await close()
      await sql('delete from conversations where address = $1', [ADDRESS])
      await sql('delete from suppressions where address = $1', [ADDRESS])
      await sql('delete from campaign_runs where id = $1', [runId])
    })
    await signIn(page, CLIENT)
    await page.goto('/portal/inbox')
    await writesBack('Êtes-vous ouverts dimanche ?')
    await page.locator('#inbox-now', { hasText: 'ouverts dimanche' }).waitFor()
    await page.locator('#inbox-now', { hasText: '1 nouveau' }).waitFor()

    await page.getByRole('link', { name: ADDRESS }).first().click()
    await page.locator('#thread-now', { hasText: 'ouverts dimanche' }).waitFor()
    await page.fill('#text', 'Rappeler Fatou ce soir')
    await writesBack('Je viens avec deux amies')
    await page.locator('#thread-now', { hasText: 'deux amies' }).waitFor()
    assert.equal(await page.inputValue('#text'), 'Rappeler Fatou ce soir')
    await page.getByRole('button', { name: 'Enregistrer la note' }).click()
    await page.locator('#thread-now', { hasText: 'Rappeler Fatou ce soir' }).waitFor()

    await page.getByRole('button', { name: 'Traitée' }).click()
    await page.getByText('La conversation est traitée').waitFor()
    assert.equal(await page.locator('#inbox-now', { hasText: ADDRESS }).count(), 0)
    await writesBack('STOP')
    await page.goto('/portal/contacts/suppressions?q=inbox.example')
    await page.getByText(ADDRESS).first().waitFor()
  })
})
