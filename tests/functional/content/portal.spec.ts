import { readFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import { addContact } from '#core/audience/contacts/save_contact'
import Template from '#core/content/models/template'
import { saveTemplate } from '#core/content/templates/save_template'
import { createAccount } from '#core/identity/accounts/create_account'

let people = 0
async function newClient() {
  const email = `modeles-${Date.now()}-${++people}@exemple.ci`
  const { account, owner } = await createAccount({
    company: 'Marché',
    country: 'CI',
    owner: { fullName: 'Awa Koné', email, password: 'une phrase assez longue', locale: 'fr' },
    confirmed: true,
    now: new Date(),
  })
  return { account, owner, by: { kind: 'user' as const, id: owner.id, name: owner.fullName } }
}

test.group('Templates in the portal', () => {
  test('creates, edits, archives and restores a template', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const post = (path: string, form: Record<string, unknown>) =>
      client.post(path).withGuard('portal').loginAs(owner).withCsrfToken().redirects(0).form(form)
    const made = await post('/portal/templates', { name: 'Offres', format: 'mjml' })
    made.assertStatus(302)
    const place = made.header('location') ?? ''
    for (const path of [place, '/portal/templates', '/portal/templates/new']) {
      const page = await client.get(path).withGuard('portal').loginAs(owner)
      page.assertStatus(200)
      assert.notMatch(page.text(), /translation missing|>\s*(?:content|ui)\.[a-z_.]+\s*</i)
    }
    ;(await client.get(place).withGuard('portal').loginAs(owner)).assertTextIncludes('mj-section')

    const source = await readFile(
      new URL('../../unit/content/fixtures/newsletter.mjml', import.meta.url),
      'utf8'
    )
    ;(await post(place, { name: 'Lettre', source })).assertStatus(302)
    const saved = await Template.in(account.id).firstOrFail()
    assert.equal(saved.name, 'Lettre')
    assert.include(saved.html ?? '', '{% if contact.note == "VIP" %}')

    await post(`${place}/archive`, {})
    assert.isNotNull((await Template.in(account.id).firstOrFail()).archivedAt)
    ;(
      await client.get('/portal/templates?view=archived').withGuard('portal').loginAs(owner)
    ).assertTextIncludes('Lettre')
    await post(`${place}/restore`, {})
    assert.isNull((await Template.in(account.id).firstOrFail()).archivedAt)
  })

  test('saves nothing when the template has a mistake', async ({ client, assert }) => {
    const { account, owner, by } = await newClient()
    const template = await saveTemplate({
      accountId: account.id,
      name: 'A',
      format: 'html',
      source: '<p>avant</p>',
      by,
    })
    const place = `/portal/templates/${template.id}`
    await client
      .post(place)
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .header('referer', place)
      .form({ name: 'B', source: '<p>{{ x | nope }}</p>' })
    assert.equal((await Template.in(account.id).firstOrFail()).source, '<p>avant</p>')
  })

  test('previews with a real contact in a frame without rights', async ({ client, assert }) => {
    const { account, owner, by } = await newClient()
    const contact = await addContact({
      accountId: account.id,
      email: 'zoe@exemple.ci',
      phone: null,
      firstName: '<img src=x onerror=alert(1)>',
      lastName: null,
      city: null,
      consent: 'granted',
      listId: null,
      country: 'CI',
    })
    const template = await saveTemplate({
      accountId: account.id,
      name: 'A',
      format: 'html',
      source: '<p>Bonjour {{ contact.first_name }}</p>',
      by,
    })
    const page = await client
      .get(`/portal/templates/${template.id}/preview?contact=${contact.id}`)
      .withGuard('portal')
      .loginAs(owner)
    page.assertStatus(200)
    assert.match(String(page.header('content-security-policy')), /^sandbox; default-src 'none'/)
    assert.include(page.text(), '&lt;img')

    const draft = await client
      .post('/portal/templates/preview')
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .form({ format: 'html', source: '<p>{{ contact.first_name }}</p><script>x</script>' })
    draft.assertStatus(200)
    assert.include(draft.text(), 'Awa')
    assert.notInclude(draft.text(), '<script')

    const broken = await client
      .post('/portal/templates/preview')
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .form({ format: 'html', source: '{% if %}' })
    broken.assertStatus(422)
    assert.match(String(broken.header('content-security-policy')), /^sandbox/)
  })

  test('answers 404 for templates and contacts of another account', async ({ client, assert }) => {
    const [mine, theirs] = [await newClient(), await newClient()]
    const template = await saveTemplate({
      accountId: theirs.account.id,
      name: 'A',
      format: 'text',
      source: 'secret',
      by: theirs.by,
    })
    for (const path of ['', '/preview'])
      (
        await client
          .get(`/portal/templates/${template.id}${path}`)
          .withGuard('portal')
          .loginAs(mine.owner)
      ).assertStatus(404)
    for (const path of ['', '/archive', '/restore']) {
      const answer = await client
        .post(`/portal/templates/${template.id}${path}`)
        .withGuard('portal')
        .loginAs(mine.owner)
        .withCsrfToken()
        .redirects(0)
        .form({ name: 'X', source: 'x' })
      answer.assertStatus(404)
    }
    const contact = await addContact({
      accountId: theirs.account.id,
      email: 'secret@exemple.ci',
      phone: null,
      firstName: 'Secret',
      lastName: null,
      city: null,
      consent: 'granted',
      listId: null,
      country: 'CI',
    })
    const own = await saveTemplate({
      accountId: mine.account.id,
      name: 'A',
      format: 'text',
      source: '{{ contact.first_name }}',
      by: mine.by,
    })
    const page = await client
      .get(`/portal/templates/${own.id}/preview?contact=${contact.id}`)
      .withGuard('portal')
      .loginAs(mine.owner)
    assert.notInclude(page.text(), 'Secret')
  })
})
