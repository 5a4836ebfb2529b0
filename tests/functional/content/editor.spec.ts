import { test } from '@japa/runner'
import Template from '#core/content/models/template'
import { saveTemplate } from '#core/content/templates/save_template'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import { aClient } from '#tests/line_kit'

const LONG = 'é'.repeat(5_000)

async function aTemplate(source = '<p>un</p>') {
  const client = await aClient()
  const { accountId, by } = client
  const template = await saveTemplate({ accountId, name: 'Lettre', format: 'html', source, by })
  const owner = await User.findOrFail(client.userId)
  return { client, template, owner, path: `/portal/templates/${template.id}` }
}

const versionOf = (page: string) => /name="version" value="([\w-]+)"/.exec(page)?.[1] ?? ''

test.group('The editor of a template', () => {
  test('shows again what was typed when it cannot be saved, however long it is', async ({
    client,
    assert,
  }) => {
    const { owner, path, template } = await aTemplate()
    const reply = await client
      .post(path)
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .form({ name: 'Lettre', source: `<p>${LONG}</p>\n{{ contact.first_name }` })
    reply.assertStatus(422)
    assert.include(reply.text(), LONG)
    assert.include(reply.text(), 'n’est pas fermé')
    assert.notMatch(reply.text(), /ENOENT|limit exceeded|not closed|translation missing/)
    assert.equal((await Template.in(template.accountId).firstOrFail()).source, '<p>un</p>')
  })

  test('lets nobody replace what somebody else saved meanwhile without a choice', async ({
    client,
    assert,
  }) => {
    const { owner, path, template } = await aTemplate()
    const post = (form: Record<string, string>) =>
      client.post(path).withGuard('portal').loginAs(owner).withCsrfToken().redirects(0).form(form)
    const opened = versionOf((await client.get(path).withGuard('portal').loginAs(owner)).text())
    assert.isNotEmpty(opened)
    const first = await post({ name: 'Lettre', source: '<p>deux</p>', version: opened })
    first.assertStatus(302)
    const second = await post({ name: 'Lettre', source: '<p>trois</p>', version: opened })
    second.assertStatus(409)
    for (const shown of [
      '&lt;p&gt;deux&lt;/p&gt;',
      '&lt;p&gt;trois&lt;/p&gt;',
      'Remplacer la version',
    ])
      assert.include(second.text(), shown)
    const saved = () => Template.in(template.accountId).firstOrFail()
    assert.equal((await saved()).source, '<p>deux</p>')
    const chosen = await post({
      name: 'Lettre',
      source: '<p>trois</p>',
      version: versionOf(second.text()),
    })
    chosen.assertStatus(302)
    assert.equal((await saved()).source, '<p>trois</p>')
  })

  test('warns of fields that nobody has, with the nearest, and of a missing address', async ({
    client,
    assert,
  }) => {
    const { owner, path, template } = await aTemplate(
      '<p>{{ contact.prenom }} {{ contact.citi }}</p>'
    )
    const page = (await client.get(path).withGuard('portal').loginAs(owner)).text()
    assert.match(page, /contact\.prenom\s»[^<]*contact\.first_name/)
    assert.match(page, /contact\.citi\s»[^<]*contact\.city/)
    assert.include(page, 'L’adresse postale de votre entreprise manque')
    await sql(`update accounts set address = 'Abidjan' where id = $1::uuid`, [template.accountId])
    const after = (await client.get(path).withGuard('portal').loginAs(owner)).text()
    assert.notInclude(after, 'L’adresse postale de votre entreprise manque')
  })

  test('says what to do about each mistake, in the language of its reader: {$self}')
    .with([
      '{% include "x" %}',
      '{% render "x" %}',
      '{% layout "x" %}',
      '{% block x %}{% endblock %}',
      '{{ (1..500000) | sum }}',
      '{% for i in (1..1000000000) %}{% endfor %}',
      '{{ contact.first_name | nope }}',
      '{{ contact.first_name',
      '{% if contact.city %}',
      '{{ "a }}',
      '{{ contact..city }}',
      "<{{ 'script' }}>",
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
    ])
    .run(async ({ client, assert }, source) => {
      const { owner, path } = await aTemplate()
      for (const [locale, words] of [
        ['fr', /«|trop|filtre|balise/],
        ['en', /“|too |filter|tag/],
      ] as const) {
        const reply = await client
          .post('/portal/templates/preview')
          .header('accept-language', locale)
          .withGuard('portal')
          .loginAs(await owner.merge({ locale }).save())
          .withCsrfToken()
          .redirects(0)
          .form({ format: 'html', source })
        reply.assertStatus(422)
        assert.match(reply.text(), words)
        assert.notMatch(
          reply.text(),
          /ENOENT|limit exceeded|content\.errors|not closed,|undefined filter/
        )
        assert.isNotEmpty(path)
      }
    })
})
