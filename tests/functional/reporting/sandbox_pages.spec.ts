import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import StaffMember from '#core/identity/models/staff_member'

const RAW = [
  'From: =?UTF-8?B?TWFyY2jDqQ==?= <nouvelles@griot.localhost>',
  'To: awa@example.com',
  'Subject: =?UTF-8?B?w4l0w6k=?=',
  'MIME-Version: 1.0',
  'Content-Type: multipart/alternative; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Bonjour en texte',
  '--b',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Bonjour</p><script>alert(1)</script><img src="https://example.com/o/pixel.gif">',
  '--b--',
  '',
].join('\r\n')

async function arrived(o: {
  recipient: string
  simulator?: string
  raw?: string | null
}): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `insert into sandbox_messages (plugin_id, simulator, recipient, sender, title, body, raw) values ('email', $1, $2, 'a@b.c', '=?UTF-8?B?w4l0w6k=?=', '{"size": 12}', $3) returning id`,
    [o.simulator ?? 'smtp', o.recipient, o.raw === null ? null : Buffer.from(o.raw ?? RAW)]
  )
  return row.id
}

test.group('The Sandbox in the admin', (group) => {
  let admin: StaffMember
  group.setup(async () => {
    admin = await StaffMember.create({
      id: randomUUID(),
      email: `${randomUUID()}@griot.test`,
      password: 'a long password',
      fullName: 'Awa Koné',
      locale: 'fr',
      role: 'support',
    })
  })
  group.each.setup(async () => {
    await sql('delete from sandbox_messages')
  })

  test('lists what arrived with words that people read, by simulator and by recipient', async ({
    client,
    assert,
  }) => {
    await arrived({ recipient: 'awa@example.com' })
    await arrived({ recipient: 'yao@example.com', simulator: 'other' })
    const all = await client.get('/admin/sandbox').withGuard('admin').loginAs(admin)
    all.assertStatus(200)
    all.assertTextIncludes('Été')
    /** An address may be broken before its @ on a telephone */
    all.assertTextIncludes('yao<wbr>@example.com')

    const found = await client
      .get('/admin/sandbox')
      .qs({ q: 'awa@' })
      .withGuard('admin')
      .loginAs(admin)
    assert.include(found.text(), 'awa<wbr>@')
    assert.notInclude(found.text(), 'yao<wbr>@')
    const box = await client
      .get('/admin/sandbox')
      .qs({ box: 'email.other' })
      .withGuard('admin')
      .loginAs(admin)
    assert.include(box.text(), 'yao<wbr>@')
    assert.notInclude(box.text(), 'awa<wbr>@')
  })

  test('shows a message, and its HTML only in a frame that runs and loads nothing', async ({
    client,
    assert,
  }) => {
    const id = await arrived({ recipient: 'awa@example.com' })
    const page = await client.get(`/admin/sandbox/${id}`).withGuard('admin').loginAs(admin)
    page.assertStatus(200)
    page.assertTextIncludes('Bonjour en texte')
    page.assertTextIncludes(`src="/admin/sandbox/${id}/html"`)
    assert.notInclude(page.text(), 'alert(1)')
    assert.match(page.text(), /<iframe[^>]* sandbox="allow-popups allow-popups-to-escape-sandbox"/)

    const frame = await client.get(`/admin/sandbox/${id}/html`).withGuard('admin').loginAs(admin)
    frame.assertStatus(200)
    assert.match(
      frame.header('content-security-policy') ?? '',
      /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:/
    )
    assert.match(frame.text(), /<base target="_blank">/)
    const raw = await client.get(`/admin/sandbox/${id}/raw`).withGuard('admin').loginAs(admin)
    raw.assertHeader('content-disposition', `attachment; filename="${id}.eml"`)
  })

  test('says when a message was only counted, and has nothing to download', async ({ client }) => {
    const id = await arrived({ recipient: 'awa@example.com', raw: null })
    const page = await client.get(`/admin/sandbox/${id}`).withGuard('admin').loginAs(admin)
    page.assertTextIncludes('pas été conservé en entier')
    const raw = await client.get(`/admin/sandbox/${id}/raw`).withGuard('admin').loginAs(admin)
    raw.assertStatus(404)
  })

  test('empties the box', async ({ client, assert }) => {
    await arrived({ recipient: 'awa@example.com' })
    const answer = await client
      .post('/admin/sandbox/empty')
      .withGuard('admin')
      .loginAs(admin)
      .withCsrfToken()
    answer.assertTextIncludes('La boîte est vide')
    assert.deepEqual(await sql('select 1 from sandbox_messages'), [])
  })

  test('is not for clients', async ({ client }) => {
    const page = await client.get('/admin/sandbox').redirects(0)
    page.assertStatus(302)
  })
})
