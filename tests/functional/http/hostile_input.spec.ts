import { randomUUID } from 'node:crypto'
import router from '@adonisjs/core/services/router'
import { test } from '@japa/runner'
import { createAccount } from '#core/identity/accounts/create_account'
import StaffMember from '#core/identity/models/staff_member'
import type User from '#core/identity/models/user'
import pluginKernel from '#core/plugins/main'
import { fixtures, forgetPlugins } from '#tests/fixtures/plugins/test_kernel'
import { Visitor } from '#tests/functional/identity/visitor'

const NUL = '%00'
/** What nobody's browser sends */
const QUERIES = [
  'q[]=1&view[]=all&cursor[]=x&currency[]=XOF&box[]=a&contact[]=b&amount[]=1',
  'q[a][b]=1&view[x]=1&list[x]=1&status[x]=1',
  'view=constructor&status=constructor&currency=constructor&box=constructor',
  'view=__proto__&q=__proto__&__proto__[x]=1&constructor[prototype][x]=1',
  'view=toString&cursor=toString&list=toString',
  `q=${'x'.repeat(5_000)}&cursor=${'<'.repeat(3_000)}`,
  'cursor=%3C------------------------------------&list=------------------------------------&contact=------------------------------------',
  'cursor=%3Ezzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz&page=-1&after=-99999999999999999999&before=1e309',
  'q=%ED%A0%80%F0%9F%92%A9%E2%80%AE&view=%E0%A4%A',
  "q='%20or%201%3D1--%25_%5C&amount=1e400&reason=%3Cscript%3E",
]
const IDS = [
  '-'.repeat(36),
  'z'.repeat(36),
  'Gggggggg-0000-0000-0000-000000000000',
  '00000000-0000-0000-0000-000000000000',
  '1',
  '__proto__',
  'x'.repeat(300),
  '%27%20or%201%3D1',
]
const BODIES: readonly Record<string, string>[] = [
  {},
  { 'name[]': '1', 'email[a]': 'b', 'password[]': 'x', 'settings[__proto__][x]': '1' },
  {
    name: '__proto__',
    view: 'constructor',
    mapping: 'toString',
    country: 'ZZ',
    role: 'constructor',
  },
  { name: 'x'.repeat(100_000), source: '{'.repeat(50_000), amount: '1e309', seqs: '-1' },
  { lists: '------------------------------------', template_id: 'zzzz', currency: 'toString' },
]

/** Answers that a program may give to what it does not understand */
const fine = (status: number) => status < 500

type Route = { readonly pattern: string; readonly methods: readonly string[] }

const routes = (): Route[] =>
  Object.values(router.toJSON())
    .flat()
    .map(({ pattern, methods }) => ({ pattern, methods }))
    .filter(({ pattern }) => !pattern.startsWith('/__transmit') && !pattern.includes('signout'))

const pathOf = (pattern: string, id: string) => pattern.replace(/:\w+\??/g, id)

test.group('Whatever is sent', (group) => {
  const password = 'une phrase assez longue'
  let owner: User
  let client: Visitor
  let staff: Visitor

  group.setup(async () => {
    /** Its forms install and remove plugins: one that no other test needs as it was */
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
    const email = `hostile-${Date.now()}@exemple.ci`
    ;({ owner } = await createAccount({
      company: 'Hostile',
      country: 'CI',
      owner: { fullName: 'Awa Koné', email, password, locale: 'fr' },
      confirmed: true,
      now: new Date(),
    }))
    const member = await StaffMember.create({
      id: randomUUID(),
      email: `staff-${Date.now()}@griot.test`,
      password,
      fullName: 'Ama Mensah',
      locale: 'fr',
      role: 'admin',
    })
    const from = (ip: string) => new Visitor({ headers: { 'x-forwarded-for': ip } })
    client = from('41.10.1.1')
    await client.post('/signin', { email: owner.email, password })
    staff = from('41.11.1.1')
    await staff.post('/admin/signin', { email: member.email, password }, '/admin/signin')
    return async () => {
      await forgetPlugins()
      await pluginKernel.refresh()
    }
  })

  const visitorOf = (pattern: string) => (pattern.startsWith('/admin') ? staff : client)

  test('as a query, to every page, is no error of ours', async ({ assert }) => {
    const wrong: string[] = []
    for (const { pattern, methods } of routes()) {
      if (!methods.includes('GET')) continue
      for (const query of QUERIES) {
        const path = `${pathOf(pattern, randomUUID())}?${query}`
        const { status } = await visitorOf(pattern).get(path)
        if (!fine(status)) wrong.push(`${status} ${path.slice(0, 120)}`)
      }
    }
    assert.deepEqual(wrong, [])
  }).timeout(180_000)

  test('as an id, to every address, is a page that does not exist', async ({ assert }) => {
    const wrong: string[] = []
    for (const { pattern, methods } of routes()) {
      if (!pattern.includes(':') || !methods.includes('GET')) continue
      for (const id of IDS) {
        const { status } = await visitorOf(pattern).get(pathOf(pattern, id))
        const accepted = pattern.includes(':token') ? fine(status) : [404, 302].includes(status)
        if (!accepted) wrong.push(`${status} ${pathOf(pattern, id).slice(0, 120)}`)
      }
    }
    assert.deepEqual(wrong, [])
  }).timeout(180_000)

  test('as a body, to every address, is no error of ours', async ({ assert }) => {
    const wrong: string[] = []
    for (const { pattern, methods } of routes()) {
      if (!methods.includes('POST')) continue
      for (const body of BODIES) {
        const path = pathOf(pattern, pattern.includes('plugins') ? 'fixture_media' : randomUUID())
        const page = pattern.startsWith('/admin') ? '/admin/clients' : '/portal/settings'
        const { status } = await visitorOf(pattern).post(path, body, page)
        if (!fine(status)) wrong.push(`${status} POST ${path} ${JSON.stringify(body).slice(0, 80)}`)
      }
    }
    assert.deepEqual(wrong, [])
  }).timeout(180_000)

  test('with control characters is refused in words, in a query, a field, its name and JSON', async ({
    assert,
  }) => {
    const pages = ['/portal/campaigns', '/portal/contacts', '/portal/templates', '/signin']
    for (const page of pages) {
      const { status, text } = await client.get(`${page}?q=a${NUL}b`)
      assert.equal(status, 422, page)
      assert.include(text, 'caractères invisibles')
    }
    const forms = [
      ['/signin', { email: 'a\u0000@b.ci', password: 'x' }],
      ['/signup', { company: 'Étoile\u0001', country: 'CI' }],
      ['/password/forgot', { email: 'a\u007f@b.ci' }],
      ['/portal/contacts/lists', { name: 'Liste\u0000' }],
      ['/portal/settings/account', { 'na\u0000me': 'x' }],
    ] as const
    for (const [path, form] of forms) {
      const visitor = path.startsWith('/portal') ? client : new Visitor()
      const page = path.startsWith('/portal') ? '/portal/settings' : path
      const { status } = await visitor.post(path, form, page)
      assert.equal(status, 422, path)
    }
    const reply = await fetch(`${process.env.APP_URL}/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept': 'application/json' },
      body: JSON.stringify({ email: { deep: ['a\u0000'] }, password: 'x' }),
    })
    assert.equal(reply.status, 422)
    assert.equal(
      ((await reply.json()) as { error: { code: string } }).error.code,
      'E_INPUT_UNREADABLE'
    )
  })

  test('keeps tabs and line ends, which are text', async ({ assert }) => {
    const { status, location } = await client.post(
      '/portal/settings/account',
      {
        name: 'Hostile',
        address: 'Rue des Jardins\r\n\tAbidjan',
        timezone: 'Africa/Abidjan',
        locale: 'fr',
      },
      '/portal/settings'
    )
    assert.equal(status, 302)
    assert.include(String(location), '/portal/settings')
  })
})
