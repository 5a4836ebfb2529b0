import { runFactory } from '#database/factories/run_factory'
/// <reference lib="dom" />
import { createServer, connect, type Socket } from 'node:net'
import { test } from '@japa/runner'
import Campaign from '#core/campaigns/models/campaign'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import Service from '#core/billing/models/service'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import { aPerson, CLIENT, openHouse, signIn, STAFF } from './house.js'

/** A line between the browser and the server, that can be cut and mended */
async function aLine() {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(process.env.PORT), 'localhost')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, 'localhost', resolve))
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    await closed
  }
  await listen(0)
  const { port } = server.address() as { port: number }
  return { url: `http://localhost:${port}`, cut, mend: () => listen(port) }
}

test.group('The live page', (group) => {
  group.setup(() => openHouse())

  /** A campaign that runs and whose worker is this test */
  async function running() {
    const owner = await User.findByOrFail('email', CLIENT.email)
    const [{ account_id: accountId }] = await sql<{ account_id: string }>(
      'select account_id from memberships where user_id = $1',
      [owner.id]
    )
    const campaign = await createCampaign({
      accountId,
      service: await Service.query().where('status', 'published').firstOrFail(),
      name: 'En direct',
      by: { kind: 'user', id: owner.id, name: owner.fullName },
    })
    const runId = await runFactory(campaign.id, { audience: 1010, pending: 1000, excluded: 10 })
    await sql(`update campaigns set state = 'running' where id = $1::uuid`, [campaign.id])
    return { accountId, id: campaign.id, runId }
  }

  test('moves every figure while the campaign runs, says so when the connection is lost, and follows the state', async ({
    browser,
    assert,
    cleanup,
  }) => {
    const { accountId, id, runId } = await running()
    const line = await aLine()
    const { page, close } = await aPerson(browser, { baseURL: line.url })
    cleanup(async () => {
      await close()
      await line.cut()
      await sql(`delete from campaign_runs where id = $1`, [runId])
    })
    const shown = (name: string) => page.locator(`[data-live="${name}"]`).first().innerText()
    await signIn(page, CLIENT)
    await page.goto(`/portal/campaigns/${id}`)
    assert.equal(await shown('pending'), '1\u202F000')
    await page.locator('.live-note', { hasText: /Actualisé à \d\d:\d\d:\d\d/ }).waitFor()

    await sql(
      `update campaign_runs set pending = 600, accepted = 350, uncertain = 20, rejected = 30, clicked_unique = 7 where id = $1`,
      [runId]
    )
    await sql(`select pg_notify('run_progress', $1)`, [String(runId)])
    await page.locator('[data-live="delivered"]', { hasText: '350' }).waitFor()
    assert.equal(await shown('pending'), '600')
    assert.match(await shown('pending_share'), /^60\s%$/)
    assert.equal(await shown('uncertain'), '20')
    assert.equal(await shown('failed'), '30')
    assert.equal(await shown('clicked'), '7')
    assert.match(await shown('clicked_share'), /^2\s%$/)
    assert.match(
      (await page.locator('[data-live="cancel_effect"]').textContent()) ?? '',
      /^600 contacts/
    )
    assert.match(
      (await page.getAttribute('.bar-track', 'aria-label')) ?? '',
      /Acceptés 350 35\s%, En attente 600/
    )
    const before = await shown('elapsed')
    await page.waitForFunction(
      (was) => document.querySelector('[data-live="elapsed"]')?.textContent !== was,
      before
    )

    await line.cut()
    await page
      .locator('.live.is-lost .live-note', {
        hasText: /Connexion perdue\s–\sdernières données à\s\d\d:\d\d/,
      })
      .waitFor()
    assert.equal(await shown('delivered'), '350')
    await line.mend()
    await sql(`update campaign_runs set accepted = 400, pending = 550 where id = $1`, [runId])
    await page.locator('[data-live="delivered"]', { hasText: '400' }).waitFor()
    assert.equal(await page.locator('.live.is-lost').count(), 0)

    await Campaign.in(accountId).where('id', id).update({ state: 'cancelled' })
    await sql(`select pg_notify('campaign_changed', $1)`, [id])
    await page.locator('.page-head', { hasText: 'Annulée' }).waitFor()
  }).timeout(60_000)

  test('reads the Engine page anew by itself, but not under the hands of somebody', async ({
    browser,
    assert,
    cleanup,
  }) => {
    const { page, close } = await aPerson(browser, {})
    cleanup(async () => {
      await close()
      await sql(`delete from rate_buckets where key like 'email %.lent.example'`)
    })
    const slow = (host: string) =>
      sql(
        `insert into rate_buckets (key, rate, blocked_until, why) values ($1, 1, now() + interval '1 hour', '421')`,
        [`email ${host}.lent.example`]
      )
    await signIn(page, STAFF, 'admin')
    await page.goto('/admin/engine')
    const typed = page.locator('main input[name="destination"]:not([type="hidden"])')
    await typed.fill('en-cours.example')
    await slow('un')
    await page.locator('#engine-now', { hasText: 'un.lent.example' }).waitFor()
    assert.equal(await typed.inputValue(), 'en-cours.example')

    /** Somebody stands on a link there */
    await page.locator('#engine-now .live-note a').first().focus()
    await slow('deux')
    await page.waitForTimeout(6_000)
    assert.equal(await page.locator('#engine-now', { hasText: 'deux.lent.example' }).count(), 0)
    await typed.focus()
    await page.locator('#engine-now', { hasText: 'deux.lent.example' }).waitFor()

    await page.context().setOffline(true)
    await page.locator('#engine-now.is-lost .live-note', { hasText: /Connexion perdue/ }).waitFor()
    await page.context().setOffline(false)
    await page.locator('#engine-now:not(.is-lost) .live-note', { hasText: /Actualisé à/ }).waitFor()
    assert.equal(await typed.inputValue(), 'en-cours.example')
  }).timeout(60_000)
})
