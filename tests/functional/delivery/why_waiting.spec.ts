import i18nManager from '@adonisjs/i18n/services/main'
import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import { setRate } from '#core/delivery/rates/set_rate'
import { bucketKeys } from '#core/delivery/rates/take_tokens'
import { waitingWords, describeWaiting } from '#core/delivery/operations/describe_waiting'
import { WAITING_REASONS, whyWaiting, type Waiting } from '#core/delivery/operations/why_waiting'
import User from '#core/identity/models/user'
import { liveMessages } from '#core/reporting/live/live_message'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient } from '#tests/line_kit'
import { anExpandedRun, PLUGIN } from './run_kit.js'
import { aWorker } from './waiting_kit.js'

const reasonOf = async (runId: number) => (await whyWaiting([runId])).get(runId)
const people = (n: number, domain: string) => Array.from({ length: n }, (_, i) => `p${i}@${domain}`)
const teller = (locale: string) => ({
  t: (key: string, data?: Record<string, unknown>) => i18nManager.locale(locale).t(key, data),
  locale,
  zone: 'Africa/Abidjan',
  now: new Date('2026-11-25T12:00:00Z'),
})

test.group('Why a campaign is not sending', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.setup(() => aWorker())
  group.each.teardown(async () => {
    await sql('delete from rate_buckets')
    await sql(`update campaigns set state = 'cancelled' where state = 'running'`)
  })

  test('has a sentence for each reason, in both languages, with and without its facts', ({
    assert,
  }) => {
    for (const locale of ['fr', 'en'])
      for (const reason of WAITING_REASONS)
        for (const until of [null, new Date('2026-11-25T12:30:00Z')])
          for (const detail of ['', 'failed', '421 4.7.0 {trop} de <messages>']) {
            const waiting: Waiting = {
              runId: 1,
              reason,
              until,
              detail,
              places: 2,
              place: 'a.example',
            }
            const words = waitingWords(waiting, teller(locale))
            assert.notMatch(words, /translation missing|undefined|none|\bselect\b/, reason)
            assert.isAbove(words.length, 10)
            const silent = reason === 'sending' || reason === 'in_flight'
            assert.equal(describeWaiting(waiting, teller(locale)) === '', silent, reason)
          }
    const sentence = waitingWords(
      {
        runId: 1,
        reason: 'destinations_blocked',
        until: new Date('2026-11-25T12:30:00Z'),
        detail: '421 trop',
        places: 1,
        place: 'gmail.com',
      },
      teller('fr')
    )
    assert.equal(
      sentence.replace(/[\u00a0\u202f]/g, ' '),
      'gmail.com demande de ralentir ; nouvel essai à 12:30 (réponse : « 421 trop »)'
    )
  })

  test('tells each state as the engine sees it', async ({ assert }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, people(250, 'busy.example'))
    const is = async (reason: string, detail?: string) => {
      const waiting = await reasonOf(run.id)
      assert.equal(waiting?.reason, reason)
      if (detail !== undefined) assert.equal(waiting?.detail, detail)
      return waiting
    }
    const later = `now() + interval '10 minutes'`
    await is('queued')

    await sql('delete from workers')
    await is('no_worker')
    await aWorker()

    await sql(
      `insert into rate_buckets (key, blocked_until, why) values ($1, ${later}, 'relay denied')`,
      [PLUGIN]
    )
    const blocked = await is('sender_blocked', 'relay denied')
    assert.isAbove(blocked?.until?.getTime() ?? 0, Date.now())
    await sql('delete from rate_buckets')

    await sql(
      `insert into rate_buckets (key, rate, blocked_until, why) values ($1, 1, ${later}, '421')`,
      [bucketKeys.destination(PLUGIN, 'busy.example')]
    )
    const slowed = await is('destinations_blocked', '421')
    assert.deepInclude(slowed, { places: 1, place: 'busy.example' })
    await sql('delete from rate_buckets')

    await sql(`update campaigns set quiet_from = '00:00', quiet_until = '23:59:59' where id = $1`, [
      run.campaignId,
    ])
    const quiet = await is('quiet_hours')
    assert.equal(quiet?.until?.toISOString().slice(11, 19), '23:59:59')
    await sql('update campaigns set quiet_from = null, quiet_until = null where id = $1', [
      run.campaignId,
    ])

    await sql(`update delivery_chunks set not_before = ${later} where run_id = $1`, [run.id])
    await is('deferred')
    await sql('update campaigns set pace_per_hour = 6 where id = $1', [run.campaignId])
    await is('pace')
    await sql('update campaigns set pace_per_hour = 3600 where id = $1', [run.campaignId])
    await is('deferred')
    await setRate({ key: bucketKeys.destination(PLUGIN, 'busy.example'), perSecond: 0.001 })
    await is('rate')
    await sql('delete from rate_buckets')

    await sql(`update delivery_chunks set state = 'held', not_before = now() where run_id = $1`, [
      run.id,
    ])
    await sql(`update campaign_runs set canary_state = 'waiting' where id = $1`, [run.id])
    await is('canary', 'waiting')

    await sql(`update delivery_chunks set state = 'leased' where run_id = $1`, [run.id])
    await is('in_flight')
    await sql('update campaign_runs set last_outcome_at = now() where id = $1', [run.id])
    await is('sending')
    await sql('update campaign_runs set last_outcome_at = null where id = $1', [run.id])

    await sql(`update accounts set status = 'suspended' where id = $1`, [client.accountId])
    await is('account_suspended')
    await sql(`update accounts set status = 'active' where id = $1`, [client.accountId])

    await sql(`update campaigns set state = 'paused' where id = $1`, [run.campaignId])
    await is('paused')
    await sql(`update campaign_runs set canary_state = 'failed' where id = $1`, [run.id])
    await is('canary', 'failed')

    await sql(`update campaign_runs set state = 'finished' where id = $1`, [run.id])
    assert.isUndefined(await reasonOf(run.id))
  })

  test('counts only work that is due: what is quiet later hides nothing', async ({ assert }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, [
      ...people(250, 'one.example'),
      ...people(250, 'two.example'),
    ])
    await sql(
      `insert into rate_buckets (key, rate, blocked_until, why) values ($1, 1, now() + interval '1 hour', '421')`,
      [bucketKeys.destination(PLUGIN, 'one.example')]
    )
    await sql(
      `update delivery_chunks set not_before = now() + interval '1 hour' where run_id = $1 and destination = 'one.example'`,
      [run.id]
    )
    assert.equal((await reasonOf(run.id))?.reason, 'queued')
  })

  test('stands on the page of the client and of staff, and moves with the live page', async ({
    client: http,
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, 3)
    await sql('delete from workers')
    const owner = await User.findOrFail(client.userId)
    const page = await http
      .get(`/portal/campaigns/${run.campaignId}`)
      .withGuard('portal')
      .loginAs(owner)
    page.assertStatus(200)
    page.assertTextIncludes('En attente\u00a0: aucun processus d’envoi ne tourne')
    const t = (locale: string, key: string, data: Record<string, unknown>) =>
      i18nManager.locale(locale).t(key, data)
    const told = async () => {
      const messages = await liveMessages({ campaignId: run.campaignId, now: new Date(), t })
      return messages.map(({ message }) => message.values.waiting)
    }
    assert.deepEqual(await told(), [
      'En attente\u00a0: aucun processus d’envoi ne tourne sur la plateforme.',
      'Waiting: no sending process runs on the platform.',
    ])
    await aWorker()
    await sql('update campaign_runs set last_outcome_at = now() where id = $1', [run.id])
    assert.deepEqual(await told(), ['', ''])
  })
})
