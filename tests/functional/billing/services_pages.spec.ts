import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import { openRateBook } from '#core/billing/rate_book'
import Service from '#core/billing/models/service'
import { sql } from '#core/database/sql'
import StaffMember from '#core/identity/models/staff_member'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aService } from '#tests/line_kit'

const UNIT = 'fixture_messaging.message'
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16)

test.group('Services and prices', (group) => {
  let admin: StaffMember
  let service: Service
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
    service = await aService('fixture_messaging')
    admin = await StaffMember.create({
      id: randomUUID(),
      email: `${randomUUID()}@griot.test`,
      password: 'a long password',
      fullName: 'Awa Koné',
      locale: 'fr',
      role: 'admin',
    })
  })

  const at = (path = '') => `/admin/services/${service.id}${path}`
  const rates = () =>
    sql<{ price_micro: bigint }>(
      'select r.price_micro from rates r join rate_cards c on c.id = r.rate_card_id where c.service_id = $1::uuid order by r.effective_from',
      [service.id]
    )

  test('lists services and shows one with its prices', async ({ client, assert }) => {
    const list = await client.get('/admin/services').withGuard('admin').loginAs(admin)
    list.assertStatus(200)
    list.assertTextIncludes('Messages d’essai')
    const page = await client.get(at()).withGuard('admin').loginAs(admin)
    page.assertStatus(200)
    page.assertTextIncludes('En vigueur')
    assert.include(page.text().replace(/[\u00a0\u202f]/g, ' '), '10 F CFA')
  })

  test('adds a price from a date and leaves what stands as it is', async ({ client, assert }) => {
    const before = await rates()
    const post = (form: Record<string, string>) =>
      client
        .post(at('/rates'))
        .withGuard('admin')
        .loginAs(admin)
        .withCsrfToken()
        .header('referer', at())
        .form({ currency: 'XOF', unit: UNIT, ...form })

    const later = await post({ price: '12,5', effective_from: inDays(10) })
    later.assertTextIncludes('Le prix est ajouté')
    later.assertTextIncludes('À venir')
    const now = await openRateBook({ serviceId: service.id, currency: 'XOF', at: new Date() })
    assert.equal(now.priceOf({ unit: UNIT, prefix: '', units: 1 }), 10_000_000n)
    const then = await openRateBook({
      serviceId: service.id,
      currency: 'XOF',
      at: new Date(Date.now() + 11 * 86_400_000),
    })
    assert.equal(then.priceOf({ unit: UNIT, prefix: '', units: 1 }), 12_500_000n)

    const tiered = await post({ price: '8', prefix: '+225 07', from_units: '1000' })
    tiered.assertTextIncludes('+22507')
    assert.equal(
      (await openRateBook({ serviceId: service.id, currency: 'XOF', at: new Date() })).priceOf({
        unit: UNIT,
        prefix: '2250701',
        units: 1_000,
      }),
      8_000_000n
    )
    assert.lengthOf(await rates(), before.length + 2)
  })

  test('refuses a price in the past, a unit of another channel, three decimals, and two prices at one moment', async ({
    client,
    assert,
  }) => {
    const before = await rates()
    const post = (form: Record<string, string>) =>
      client
        .post(at('/rates'))
        .withGuard('admin')
        .loginAs(admin)
        .withCsrfToken()
        .header('referer', at())
        .form({ currency: 'XOF', unit: UNIT, price: '9', ...form })

    for (const [form, words] of [
      [{ effective_from: inDays(-2) }, 'Choisissez une date à venir'],
      [{ unit: 'sms.segment' }, 'Choisissez une unité de ce canal'],
      [{ price: '9,5555' }, 'deux décimales au plus'],
      [{ price: 'cher' }, 'Saisissez un prix'],
    ] as [Record<string, string>, string][]) {
      const answer = await post(form)
      answer.assertTextIncludes(words)
    }
    assert.lengthOf(await rates(), before.length)

    const moment = inDays(20)
    await post({ effective_from: moment })
    const twice = await post({ effective_from: moment, price: '11' })
    twice.assertTextIncludes('Un prix commence déjà à cet instant')
    assert.lengthOf(await rates(), before.length + 1)
  })

  test('speaks the language of the person', async ({ client }) => {
    const answer = await client
      .post(at('/rates'))
      .withGuard('admin')
      .loginAs(admin)
      .withCsrfToken()
      .header('referer', at())
      .header('accept-language', 'en')
      .form({ currency: 'XOF', unit: UNIT, price: '9', effective_from: inDays(-2) })
    answer.assertTextIncludes('Choose a date to come')
  })

  test('saves the words, and publishes only what has a price', async ({ client, assert }) => {
    const saved = await client
      .post(at())
      .withGuard('admin')
      .loginAs(admin)
      .withCsrfToken()
      .header('referer', at())
      .form({
        title_fr: 'Messages d’essai',
        title_en: 'Trial messages',
        description_fr: 'Pour les essais',
        description_en: 'For tests',
      })
    saved.assertTextIncludes('Les textes sont enregistrés')

    const hidden = await client
      .post(at('/unpublish'))
      .withGuard('admin')
      .loginAs(admin)
      .withCsrfToken()
      .header('referer', at())
    hidden.assertTextIncludes('retiré de la vente')
    assert.equal((await Service.findOrFail(service.id)).status, 'draft')
    const shown = await client
      .post(at('/publish'))
      .withGuard('admin')
      .loginAs(admin)
      .withCsrfToken()
      .header('referer', at())
    shown.assertTextIncludes('Le service est publié')
    assert.equal((await Service.findOrFail(service.id)).status, 'published')

    const unpriced = await Service.create({
      channel: 'fixture_messaging',
      pluginId: 'fixture_messaging',
      slug: randomUUID(),
      title: { fr: 'Sans prix', en: 'No price' },
      description: { fr: '', en: '' },
      status: 'draft',
      position: 9,
    })
    const refused = await client
      .post(`/admin/services/${unpriced.id}/publish`)
      .withGuard('admin')
      .loginAs(admin)
      .withCsrfToken()
      .header('referer', `/admin/services/${unpriced.id}`)
    refused.assertTextIncludes('Ajoutez d’abord un prix')
    assert.equal((await Service.findOrFail(unpriced.id)).status, 'draft')
    await unpriced.delete()
  })

  test('shows published services and their prices on the storefront', async ({
    client,
    assert,
  }) => {
    const page = await client.get('/services')
    page.assertStatus(200)
    page.assertTextIncludes('Messages d’essai')
    assert.include(page.text().replace(/[\u00a0\u202f]/g, ' '), '10 F CFA')
    const other = await client.get('/services').qs({ currency: 'XAF' })
    other.assertStatus(200)
    assert.notInclude(other.text().replace(/[\u00a0\u202f]/g, ' '), '10 F CFA')
    const home = await client.get('/')
    home.assertStatus(200)
  })
})
