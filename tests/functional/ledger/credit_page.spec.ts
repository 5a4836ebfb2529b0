import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import StaffMember from '#core/identity/models/staff_member'
import User from '#core/identity/models/user'
import { aClient } from '#tests/line_kit'

const staff = (role: 'admin' | 'support') =>
  StaffMember.create({
    id: randomUUID(),
    email: `${randomUUID()}@griot.test`,
    password: 'a long password',
    fullName: 'Awa Koné',
    locale: 'fr',
    role,
  })

test.group('The credit of a wallet by hand', (group) => {
  let admin: StaffMember
  group.setup(async () => {
    admin = await staff('admin')
  })

  test('first shows what will happen, then credits', async ({ client, assert }) => {
    const one = await aClient({ credit: 1_000n })
    const post = (form: Record<string, string>) =>
      client
        .post(`/admin/clients/${one.accountId}/credit`)
        .withGuard('admin')
        .loginAs(admin)
        .withCsrfToken()
        .redirects(0)
        .form({ key, amount: '50 000', reason: 'Virement reçu le 22 novembre', ...form })
    const key = randomUUID()

    const check = await post({})
    check.assertStatus(200)
    check.assertTextIncludes('Rien n’est encore crédité')
    assert.include(check.text().replace(/[\u00a0\u202f]/g, ' '), '51 000 F CFA')
    assert.equal(await one.available(), 1_000n)

    const done = await post({ confirmed: '1' })
    done.assertStatus(302)
    done.assertHeader('location', `/admin/clients/${one.accountId}/wallet`)
    assert.equal(await one.available(), 51_000n)
  })

  test('credits once when the form is sent twice, also at the same moment', async ({
    client,
    assert,
  }) => {
    const one = await aClient({ credit: 0n })
    const form = { key: randomUUID(), amount: '7500', reason: 'Geste commercial', confirmed: '1' }
    const press = () =>
      client
        .post(`/admin/clients/${one.accountId}/credit`)
        .withGuard('admin')
        .loginAs(admin)
        .withCsrfToken()
        .redirects(0)
        .form(form)
    await Promise.all([press(), press(), press()])
    await press()
    assert.equal(await one.available(), 7_500n)
  })

  test('keeps what was typed and says what is wrong with it', async ({ client, assert }) => {
    const one = await aClient({ credit: 0n })
    const at = `/admin/clients/${one.accountId}/credit`
    const post = (form: Record<string, string>) =>
      client
        .post(at)
        .withGuard('admin')
        .loginAs(admin)
        .withCsrfToken()
        .header('referer', at)
        .form({ key: randomUUID(), reason: 'Virement', ...form })

    const unreadable = await post({ amount: 'beaucoup' })
    unreadable.assertTextIncludes('Saisissez un montant, par exemple 50 000')
    unreadable.assertTextIncludes('value="beaucoup"')
    const nothing = await post({ amount: '0' })
    nothing.assertTextIncludes('supérieur à zéro')
    const noReason = await post({ amount: '500', reason: '' })
    noReason.assertTextIncludes('Il y a un problème')
    assert.equal(await one.available(), 0n)
  })

  test('is for administrators, not for the support', async ({ client, assert }) => {
    const one = await aClient({ credit: 0n })
    const support = await staff('support')
    const form = await client
      .get(`/admin/clients/${one.accountId}/credit`)
      .withGuard('admin')
      .loginAs(support)
    form.assertStatus(403)
    const sent = await client
      .post(`/admin/clients/${one.accountId}/credit`)
      .withGuard('admin')
      .loginAs(support)
      .withCsrfToken()
      .redirects(0)
      .form({ key: randomUUID(), amount: '500', reason: 'Virement', confirmed: '1' })
    sent.assertStatus(403)
    assert.equal(await one.available(), 0n)
    const wallet = await client
      .get(`/admin/clients/${one.accountId}/wallet`)
      .withGuard('admin')
      .loginAs(support)
    wallet.assertStatus(200)
    assert.notInclude(wallet.text(), '/credit"')
  })

  test('is not for clients', async ({ client }) => {
    const one = await aClient()
    const page = await client
      .get(`/admin/clients/${one.accountId}/wallet`)
      .withGuard('portal')
      .loginAs(await User.findOrFail(one.userId))
      .redirects(0)
    page.assertStatus(302)
    page.assertHeader('location', '/admin/signin')
  })

  test('knows no client that is not there', async ({ client }) => {
    const page = await client
      .get(`/admin/clients/${randomUUID()}/wallet`)
      .withGuard('admin')
      .loginAs(admin)
    page.assertStatus(404)
  })
})
