import router from '@adonisjs/core/services/router'
import { test } from '@japa/runner'
import { createStaffMember } from '#core/identity/accounts/create_staff_member'
import User from '#core/identity/models/user'
import { sql } from '#core/database/sql'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aService } from '#tests/line_kit'
import { oneOfEach, pathTo } from '../http/one_of_each.js'

/** What readers send: themselves, which of their accounts they look at, and a template to its preview */
const READERS_OWN = new Set([
  '/portal/switch',
  '/portal/settings/profile',
  '/portal/settings/password',
  '/portal/templates/preview',
])
/** What support does besides looking: stops what goes wrong, and empties the mailbox of the Sandbox */
const SUPPORTS_OWN = new Set([
  '/admin/signin',
  '/admin/signout',
  '/admin/sandbox/empty',
  '/admin/campaigns/:id/pause',
])

const posts = (face: 'portal' | 'admin') => [
  ...new Set(
    Object.values(router.toJSON())
      .flat()
      .filter((route) => route.methods.includes('POST'))
      .map((route) => route.pattern)
      .filter((pattern) => pattern.startsWith(`/${face}/`))
  ),
]

test.group('Every form', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('of the portal is refused to a reader', async ({ client, assert }) => {
    const own = await aClient()
    await sql(`update memberships set role = 'reader' where user_id = $1`, [own.userId])
    const reader = await User.findOrFail(own.userId)
    const things = await oneOfEach(own)
    const taken: string[] = []
    for (const pattern of posts('portal').filter((one) => !READERS_OWN.has(one))) {
      const reply = await client
        .post(pathTo(pattern, things))
        .withGuard('portal')
        .loginAs(reader)
        .withCsrfToken()
        .redirects(0)
        .form({ nothing: 'of use' })
      if (reply.status() !== 403) taken.push(`${reply.status()} ${pattern}`)
    }
    assert.deepEqual(taken, [])
  })

  test('of the admin is refused to support', async ({ client, assert }) => {
    const support = await createStaffMember({
      email: `support-${Date.now()}@griot.test`,
      fullName: 'Aya Support',
      password: 'une phrase assez longue',
      role: 'support',
      locale: 'fr',
    })
    const owner = await aClient()
    const { '/portal/campaigns/:id': campaign } = await oneOfEach(owner)
    const service = await aService('fixture_messaging')
    const [word] = await sql<{ id: string }>('select id from opt_words limit 1')
    const things = {
      '/admin/clients/:id': owner.accountId,
      '/admin/campaigns/:id': campaign,
      '/admin/services/:id': service.id,
      '/admin/plugins/:id': 'fixture_messaging',
      '/admin/staff/:id': support.id,
      '/admin/opt-words/:id': word.id,
    }
    const taken: string[] = []
    for (const pattern of posts('admin').filter((one) => !SUPPORTS_OWN.has(one))) {
      const reply = await client
        .post(pathTo(pattern, things))
        .withGuard('admin')
        .loginAs(support)
        .withCsrfToken()
        .redirects(0)
        .form({ nothing: 'of use' })
      if (reply.status() !== 403) taken.push(`${reply.status()} ${pattern}`)
    }
    assert.deepEqual(taken, [])
  })
})
