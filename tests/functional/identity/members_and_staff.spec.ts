import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import { membersOf } from '#core/identity/accounts/members'
import { createAccount } from '#core/identity/accounts/create_account'
import { createStaffMember } from '#core/identity/accounts/create_staff_member'
import Account from '#core/identity/models/account'
import StaffMember from '#core/identity/models/staff_member'
import User from '#core/identity/models/user'
import { sql } from '#core/database/sql'

let people = 0
const address = () => `equipe-${Date.now()}-${++people}@exemple.ci`
const PASSWORD = 'une phrase assez longue'
const newClient = () =>
  createAccount({
    company: `Marché ${++people}`,
    country: 'CI',
    owner: { fullName: 'Awa Koné', email: address(), password: PASSWORD, locale: 'fr' },
    confirmed: true,
    now: new Date(),
  })

test.group('Settings and members', (group) => {
  group.each.setup(() => {
    mail.fake()
    return () => mail.restore()
  })

  test('saves the company, the profile and the password', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const post = (path: string, form: Record<string, unknown>) =>
      client
        .post(path)
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .redirects(0)
        .header('referer', '/portal/settings')
        .form(form)
    const page = await client.get('/portal/settings').withGuard('portal').loginAs(owner)
    page.assertStatus(200)
    assert.notMatch(page.text(), /translation missing|>\s*(?:access|identity|ui)\.[a-z_.]+\s*</i)

    await post('/portal/settings/account', {
      name: 'Nouvelle Étoile',
      address: 'Rue des Jardins',
      timezone: 'Africa/Dakar',
      locale: 'fr',
      currency: 'EUR',
      status: 'suspended',
    })
    const saved = await Account.findOrFail(account.id)
    assert.deepInclude(saved.$attributes, {
      name: 'Nouvelle Étoile',
      address: 'Rue des Jardins',
      timezone: 'Africa/Dakar',
      currency: 'XOF',
      status: 'active',
    })

    await post('/portal/settings/password', {
      current_password: 'faux',
      password: 'une autre phrase longue',
    })
    await assert.rejects(() => User.verifyCredentials(owner.email, 'une autre phrase longue'))
    await post('/portal/settings/password', {
      current_password: PASSWORD,
      password: 'une autre phrase longue',
    })
    assert.equal(
      (await User.verifyCredentials(owner.email, 'une autre phrase longue')).id,
      owner.id
    )
  })

  test('changes the role of a member and takes them out', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const { owner: other } = await newClient()
    await sql(`insert into memberships (account_id, user_id, role) values ($1, $2, 'reader')`, [
      account.id,
      other.id,
    ])
    const post = (path: string, form: Record<string, unknown> = {}) =>
      client
        .post(path)
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .redirects(0)
        .header('referer', '/portal/settings/members')
        .form(form)
    /** Who is in the account is not invited */
    await post('/portal/settings/members', {
      full_name: 'Zoé Sow',
      email: other.email.toUpperCase(),
      role: 'owner',
    })
    assert.lengthOf(await membersOf(account.id), 2)

    await post(`/portal/settings/members/${other.id}`, { role: 'manager' })
    assert.equal(
      (await membersOf(account.id)).find((member) => member.id === other.id)?.role,
      'manager'
    )
    ;(
      await client.get('/portal/settings/members').withGuard('portal').loginAs(owner)
    ).assertTextIncludes(other.email.split('@')[0])

    await post(`/portal/settings/members/${other.id}/remove`)
    assert.lengthOf(await membersOf(account.id), 1)
  })

  test('keeps one owner', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const post = (path: string, form: Record<string, unknown> = {}) =>
      client
        .post(path)
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .redirects(0)
        .header('referer', '/portal/settings/members')
        .form(form)
    await post(`/portal/settings/members/${owner.id}`, { role: 'reader' })
    await post(`/portal/settings/members/${owner.id}/remove`)
    assert.equal((await membersOf(account.id))[0]?.role, 'owner')
  })

  test('refuses managers, readers and the people of other accounts', async ({ client, assert }) => {
    const [mine, theirs] = [await newClient(), await newClient()]
    const outsider = await client
      .post(`/portal/settings/members/${theirs.owner.id}`)
      .withGuard('portal')
      .loginAs(mine.owner)
      .withCsrfToken()
      .redirects(0)
      .form({ role: 'reader' })
    outsider.assertStatus(404)
    assert.equal((await membersOf(theirs.account.id))[0]?.role, 'owner')

    await sql(`update memberships set role = 'manager' where account_id = $1`, [mine.account.id])
    for (const path of [
      '/portal/settings/account',
      '/portal/settings/members',
      `/portal/settings/members/${mine.owner.id}`,
      `/portal/settings/members/${mine.owner.id}/remove`,
    ]) {
      const answer = await client
        .post(path)
        .withGuard('portal')
        .loginAs(mine.owner)
        .withCsrfToken()
        .redirects(0)
        .form({
          name: 'X',
          full_name: 'X',
          email: address(),
          role: 'owner',
          timezone: 'UTC',
          locale: 'fr',
        })
      answer.assertStatus(403)
    }
  })
})

test.group('Clients and staff in the admin', () => {
  const newStaff = (role: 'admin' | 'support') =>
    createStaffMember({ fullName: 'Ama Diop', email: address(), password: PASSWORD, role })

  test('searches clients by company and by person, and suspends one', async ({
    client,
    assert,
  }) => {
    const { account, owner } = await newClient()
    const staff = await newStaff('admin')
    for (const search of [account.name, owner.email.slice(0, 20)]) {
      const page = await client
        .get('/admin/clients')
        .qs({ q: search })
        .withGuard('admin')
        .loginAs(staff)
      page.assertStatus(200)
      page.assertTextIncludes(account.name)
      assert.notMatch(page.text(), /translation missing|>\s*(?:access|identity|ui)\.[a-z_.]+\s*</i)
    }
    const post = (path: string) =>
      client.post(path).withGuard('admin').loginAs(staff).withCsrfToken().redirects(0).form({})
    ;(await post(`/admin/clients/${account.id}/suspend`)).assertStatus(302)
    ;(
      await client.get(`/admin/clients/${account.id}`).withGuard('admin').loginAs(staff)
    ).assertTextIncludes('Rétablir')
    ;(await client.get('/portal/contacts').withGuard('portal').loginAs(owner)).assertStatus(403)
    await post(`/admin/clients/${account.id}/restore`)
    ;(await client.get('/portal/contacts').withGuard('portal').loginAs(owner)).assertStatus(200)
  })

  test('adds staff, closes their access, and keeps one administrator', async ({
    client,
    assert,
  }) => {
    await StaffMember.query().update({ disabled_at: new Date() })
    const staff = await newStaff('admin')
    const post = (path: string, form: Record<string, unknown> = {}) =>
      client
        .post(path)
        .withGuard('admin')
        .loginAs(staff)
        .withCsrfToken()
        .redirects(0)
        .header('referer', '/admin/staff')
        .form(form)
    const email = address()
    await post('/admin/staff', {
      full_name: 'Kofi Mensah',
      email,
      role: 'support',
      password: PASSWORD,
    })
    const added = await StaffMember.findByOrFail('email', email)
    ;(await client.get('/admin/staff').withGuard('admin').loginAs(staff)).assertTextIncludes(
      'Kofi Mensah'
    )
    ;(await client.get('/admin/staff/new').withGuard('admin').loginAs(staff)).assertStatus(200)

    await post(`/admin/staff/${added.id}/disable`)
    assert.isNotNull((await StaffMember.findOrFail(added.id)).disabledAt)
    await post(`/admin/staff/${staff.id}/disable`)
    await post(`/admin/staff/${staff.id}`, { role: 'support' })
    assert.deepInclude((await StaffMember.findOrFail(staff.id)).$attributes, {
      role: 'admin',
      disabledAt: null,
    })
  })

  test('lets support look and change nothing; lets clients in nowhere', async ({ client }) => {
    const { account, owner } = await newClient()
    const support = await newStaff('support')
    ;(await client.get('/admin/clients').withGuard('admin').loginAs(support)).assertStatus(200)
    for (const path of [
      `/admin/clients/${account.id}/suspend`,
      '/admin/staff',
      `/admin/staff/${support.id}`,
    ]) {
      ;(
        await client
          .post(path)
          .withGuard('admin')
          .loginAs(support)
          .withCsrfToken()
          .redirects(0)
          .form({ role: 'admin' })
      ).assertStatus(403)
      ;(
        await client
          .post(path)
          .withGuard('portal')
          .loginAs(owner)
          .withCsrfToken()
          .redirects(0)
          .form({ role: 'admin' })
      ).assertHeader('location', '/admin/signin')
    }
  })
})
