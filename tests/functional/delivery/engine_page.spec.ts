import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import { createStaffMember } from '#core/identity/create_staff_member'
import { randomUUID } from 'node:crypto'

async function admin() {
  return createStaffMember({
    email: `${randomUUID()}@griot.test`,
    fullName: 'Admin',
    password: 'une phrase assez longue',
    role: 'admin',
    locale: 'fr',
  })
}

test.group('The Engine page', (group) => {
  group.each.teardown(async () => {
    await sql(`delete from rate_buckets where key = 'email slow.example'`)
  })

  test('shows what is held back and why, and lets staff try again at once', async ({
    client,
    assert,
  }) => {
    await sql(
      `insert into rate_buckets (key, rate, blocked_until, faults, why) values ('email slow.example', 1, now() + interval '1 hour', 2, '421 trop de messages')`
    )
    const staff = await admin()
    const page = await client.get('/admin/engine').withGuard('admin').loginAs(staff)
    page.assertStatus(200)
    page.assertTextIncludes('421 trop de messages')
    await client
      .post('/admin/engine/unblock')
      .withGuard('admin')
      .loginAs(staff)
      .withCsrfToken()
      .form({ key: 'email slow.example' })
    const [lane] = await sql(`select blocked_until, faults from rate_buckets where key = $1`, [
      'email slow.example',
    ])
    assert.deepEqual(lane, { blocked_until: null, faults: 0 })
  })

  test('is for staff alone', async ({ client }) => {
    const page = await client.get('/admin/engine').redirects(0)
    page.assertStatus(302)
  })
})
