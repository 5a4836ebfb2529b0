import { DateTime } from 'luxon'
import { test } from '@japa/runner'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { readSchedule } from '#core/schedules/read_schedule'
import { runDueOccurrences } from '#core/campaigns/occurrences/run_due_occurrences'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import Account from '#core/identity/models/account'
import User from '#core/identity/models/user'
import { disablePlugin } from '#core/plugins/lifecycle/disable_plugin'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aList, aService, type Client } from '#tests/line_kit'

async function aDraft(client: Client) {
  const service = await aService('fixture_messaging')
  const made = await createCampaign({
    accountId: client.accountId,
    service,
    name: 'Lettre',
    brief: { subject: 'Bonjour', text: 'Bonjour' },
    listIds: [await aList(client, 2)],
    by: client.by,
  })
  return findCampaign(client.accountId, made.id)
}

/** Somebody of the account with a role of their own */
async function aMember(client: Client, role: 'manager' | 'reader') {
  const other = await aClient({ credit: 0n })
  await sql('update memberships set account_id = $1, role = $2 where user_id = $3', [
    client.accountId,
    role,
    other.userId,
  ])
  return User.findOrFail(other.userId)
}

/** A wall-clock time to come, as a browser sends it */
const soon = (days = 3) => DateTime.utc().plus({ days }).toFormat("yyyy-MM-dd'T'09:00")

test.group('The sending step', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql(`update campaign_schedules set state = 'over', next_at = null where state = 'active'`)
  })

  test('shows the review of a draft also while its channel is away, and says so', async ({
    client,
  }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const campaign = await aDraft(own)
    const review = () =>
      client.get(`/portal/campaigns/${campaign.id}/review`).withGuard('portal').loginAs(owner)
    const before = await review()
    before.assertTextIncludes('Bonjour')
    await disablePlugin({ kernel: pluginKernel, id: 'fixture_messaging', by: SYSTEM })
    try {
      const away = await review()
      away.assertStatus(200)
      away.assertTextIncludes('Ce canal est fermé pour le moment')
      away.assertTextIncludes('Lettre')
    } finally {
      await enablePlugin({ kernel: pluginKernel, id: 'fixture_messaging', by: SYSTEM })
    }
  })

  test('keeps what was chosen, shows it again and on the review', async ({ client, assert }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const campaign = await aDraft(own)
    const saved = await client
      .post(`/portal/campaigns/${campaign.id}/sending`)
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .form({
        'when': 'repeat',
        'zone': 'Europe/Paris',
        'starts_at': soon(),
        'every': 'week',
        'interval': '2',
        'weekdays[]': ['MO', 'TH'],
        'end': 'count',
        'count': '5',
        'pace': '500',
        'quiet_from': '21:00',
        'quiet_until': '07:00',
        'cap_messages': '2',
        'cap_days': '7',
        'canary': '10',
        /** Of another choice: left alone */
        'rule': 'nonsense',
      })
    saved.assertStatus(302)
    saved.assertHeader('location', `/portal/campaigns/${campaign.id}/review`)
    const schedule = await readSchedule({ campaignId: campaign.id, accountId: own.accountId })
    assert.deepInclude(schedule, {
      zone: 'Europe/Paris',
      startsAt: `${soon()}:00`,
      recurrence: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH',
      count: 5,
      state: 'draft',
    })
    assert.deepInclude((await findCampaign(own.accountId, campaign.id)).$attributes, {
      pacePerHour: 500,
      quietFrom: '21:00:00',
      capDays: 7,
      canaryPercent: 10,
    })

    const again = await client
      .get(`/portal/campaigns/${campaign.id}/sending`)
      .withGuard('portal')
      .loginAs(owner)
    assert.match(again.text(), /value="week" selected/)
    const review = await client
      .get(`/portal/campaigns/${campaign.id}/review`)
      .withGuard('portal')
      .loginAs(owner)
    assert.include(review.text(), 'Toutes les 2 semaines, le lundi et jeudi, à 09:00')
    assert.include(review.text(), 'Après 5 envois')
    assert.lengthOf(review.text().match(/\(Paris\)<\/time>/g) ?? [], 3)
  })

  test('says at which field something is missing', async ({ client, assert }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const campaign = await aDraft(own)
    const problem = async (form: Record<string, string>) => {
      const answer = await client
        .post(`/portal/campaigns/${campaign.id}/sending`)
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .header('accept', 'application/json')
        .form({ zone: 'Africa/Abidjan', ...form })
      assert.equal(answer.status(), 422)
      return (answer.body() as { error: { message: string } }).error.message
    }
    const repeat = { when: 'repeat', starts_at: soon() }
    assert.equal(await problem({ when: 'at' }), 'Choisissez la date et l’heure du premier départ.')
    assert.match(await problem({ when: 'at', starts_at: '2020-01-01T09:00' }), /plus tardives/)
    assert.match(await problem({ ...repeat, every: 'week' }), /au moins un jour/)
    assert.match(await problem({ ...repeat, every: 'rule', rule: 'FREQ=DAILY;COUNT=3' }), /COUNT=3/)
    assert.match(
      await problem({ ...repeat, every: 'rule', rule: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' }),
      /aucun départ/
    )
    assert.match(await problem({ ...repeat, end: 'until' }), /dernier jour/)
    assert.match(
      await problem({ ...repeat, end: 'until', until: '2020-01-01' }),
      /avant le premier départ/
    )
    assert.match(await problem({ when: 'at', starts_at: soon(), zone: 'Mars/Base' }), /fuseau/)
    assert.match(await problem({ when: 'now', quiet_from: '21:00' }), /début et la fin/)
    assert.match(await problem({ when: 'now', cap_days: '7' }), /nombre de messages/)
  })

  test('is for managers and owners; readers see it', async ({ client, assert }) => {
    const own = await aClient()
    const campaign = await aDraft(own)
    const reader = await aMember(own, 'reader')
    const manager = await aMember(own, 'manager')
    const post = (who: User, step: string, form: Record<string, string>) =>
      client
        .post(`/portal/campaigns/${campaign.id}/${step}`)
        .withGuard('portal')
        .loginAs(who)
        .withCsrfToken()
        .redirects(0)
        .form(form)
    for (const [step, form] of [
      ['sending', { when: 'now', zone: 'Africa/Abidjan' }],
      ['pace', { pace: '5' }],
      ['ceiling', { ceiling: '50' }],
      ['launch', { quote: campaign.id }],
    ] as const)
      assert.equal((await post(reader, step, form)).status(), 403, step)
    assert.equal(
      (await post(manager, 'sending', { when: 'now', zone: 'Africa/Abidjan' })).status(),
      302
    )
    const page = await client
      .get(`/portal/campaigns/${campaign.id}/sending`)
      .withGuard('portal')
      .loginAs(reader)
    page.assertStatus(200)
    assert.match(page.redirects().at(-1) ?? '', /\/review$/)
    assert.notInclude(page.text(), `/portal/campaigns/${campaign.id}/sending`)
  })

  test('belongs to its account: another’s campaign is not found', async ({ client }) => {
    const campaign = await aDraft(await aClient())
    const stranger = await User.findOrFail((await aClient()).userId)
    for (const step of ['sending', 'pace', 'ceiling'])
      (
        await client
          .post(`/portal/campaigns/${campaign.id}/${step}`)
          .withGuard('portal')
          .loginAs(stranger)
          .withCsrfToken()
          .form({ when: 'now', zone: 'Africa/Abidjan', pace: '1', ceiling: '1' })
      ).assertStatus(404)
  })

  test('leads to an agreement, a suspension that says why, and a new agreement', async ({
    client,
    assert,
  }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const campaign = await aDraft(own)
    const post = (step: string, form: Record<string, string>) =>
      client
        .post(`/portal/campaigns/${campaign.id}/${step}`)
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .redirects(0)
        .form(form)
    const page = async () =>
      (await client.get(`/portal/campaigns/${campaign.id}`).withGuard('portal').loginAs(owner))
        .text()
        .replace(/\s/g, ' ')
    await post('sending', {
      when: 'repeat',
      zone: 'Africa/Abidjan',
      starts_at: soon(),
      every: 'day',
    })
    const quote = await quoteCampaign({
      campaign: await findCampaign(own.accountId, campaign.id),
      by: own.by,
      now: new Date(),
    })
    const tooLow = await post('launch', { quote: quote.id, ceiling: '19' })
    assert.equal(tooLow.status(), 422)
    ;(await post('launch', { quote: quote.id, ceiling: '20' })).assertStatus(302)
    assert.match(await page(), /Prochain envoi le/)

    await sql(
      `with made as (insert into contacts (account_id, email, first_name, consent) values ($1, 'third@example.com', 'Awa', 'granted') returning id)
       insert into contact_list_members (list_id, contact_id) select $2, id from made`,
      [own.accountId, campaign.listIds[0]]
    )
    const first = (await readSchedule({ campaignId: campaign.id, accountId: own.accountId }))
      ?.nextAt
    assert.deepEqual(await runDueOccurrences({ now: first ?? new Date(), graceHours: 6 }), [
      'refused',
    ])
    assert.match(
      await page(),
      /Suspendue : l’envoi du .* coûterait 30 F CFA, votre plafond est de 20 F CFA\./
    )
    ;(await post('ceiling', { ceiling: '30', resume: '1' })).assertStatus(302)
    assert.equal((await findCampaign(own.accountId, campaign.id)).state, 'scheduled')
    ;(await post('pace', { pace: '1000' })).assertStatus(302)
    assert.match(await page(), /1 000 messages par heure au plus\./)
  })
})

test.group('Sending rules of an account', () => {
  test('are saved by an owner, in pairs, and shown on the sending step', async ({
    client,
    assert,
  }) => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const post = (who: User, form: Record<string, string>) =>
      client
        .post('/portal/settings/sending')
        .withGuard('portal')
        .loginAs(who)
        .withCsrfToken()
        .redirects(0)
        .form(form)
    const rules = { quiet_from: '20:30', quiet_until: '08:00', cap_messages: '3', cap_days: '7' }
    assert.equal((await post(await aMember(own, 'manager'), rules)).status(), 403)
    assert.equal((await post(owner, { quiet_from: '20:30' })).status(), 422)
    assert.equal((await post(owner, { quiet_from: '08:00', quiet_until: '08:00' })).status(), 422)
    assert.equal((await post(owner, rules)).status(), 302)
    assert.deepInclude((await Account.findOrFail(own.accountId)).$attributes, {
      quietFrom: '20:30:00',
      quietUntil: '08:00:00',
      capMessages: 3,
      capDays: 7,
    })
    const campaign = await aDraft(own)
    const page = await client
      .get(`/portal/campaigns/${campaign.id}/sending`)
      .withGuard('portal')
      .loginAs(owner)
    assert.include(page.text(), 'Votre entreprise se tait déjà de 20:30 à 08:00')

    assert.equal((await post(owner, {})).status(), 302)
    assert.isNull((await Account.findOrFail(own.accountId)).quietFrom)
  })
})
