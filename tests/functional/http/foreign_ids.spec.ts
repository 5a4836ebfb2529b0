import router from '@adonisjs/core/services/router'
import { test } from '@japa/runner'
import { addContact } from '#core/audience/contacts/save_contact'
import { createList } from '#core/audience/lists/create_list'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { saveTemplate } from '#core/content/templates/save_template'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aService } from '#tests/line_kit'

/** One of each thing that a route of the portal names, of another account. The longest prefix says which */
async function whatOthersHave(): Promise<Readonly<Record<string, string>>> {
  const other = await aClient()
  const { accountId, by } = other
  const list = await createList({ accountId, name: 'Tous', by })
  const contact = await addContact({
    accountId,
    email: 'autre@exemple.ci',
    phone: null,
    firstName: null,
    lastName: null,
    city: null,
    consent: 'granted',
    listId: list.id,
    country: 'CI',
  })
  const [file] = await sql<{ id: string }>(
    `insert into imports (account_id, file_name, file_path, bytes, encoding, separator, state)
     values ($1, 'x', '/nowhere', 1, 'utf-8', ';', 'uploaded') returning id`,
    [accountId]
  )
  const [invitation] = await sql<{ id: string }>(
    `insert into invitations (account_id, email, full_name, role, locale, invited_by, token_hash, expires_at)
     values ($1, 'invite@exemple.ci', 'x', 'reader', 'fr', $2, gen_random_uuid()::text, now() + interval '1 day')
     returning id`,
    [accountId, other.userId]
  )
  const template = await saveTemplate({
    accountId,
    name: 'x',
    format: 'text',
    source: 'Bonjour',
    by,
  })
  const campaign = await createCampaign({
    accountId,
    service: await aService('fixture_messaging'),
    name: 'x',
    brief: { subject: 'x', text: 'y' },
    listIds: [list.id],
    by,
  })
  return {
    '/portal/contacts/lists/:id': list.id,
    '/portal/contacts/imports/:id': file.id,
    '/portal/contacts/:id': contact.id,
    '/portal/templates/:id': template.id,
    '/portal/campaigns/:id': campaign.id,
    '/portal/settings/members/:id': other.userId,
    '/portal/settings/invitations/:id': invitation.id,
  }
}

test.group('What another account has', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })

  test('answers 404 on every route of the portal, before anything is validated', async ({
    client,
    assert,
  }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const theirs = await whatOthersHave()
    const prefixes = Object.keys(theirs).toSorted((a, b) => b.length - a.length)
    const routes = Object.values(router.toJSON())
      .flat()
      .filter((route) => route.pattern.startsWith('/portal/') && route.pattern.includes(':'))
    const answers = new Map<string, number>()
    for (const { pattern, methods } of routes) {
      const prefix = prefixes.find((one) => pattern === one || pattern.startsWith(`${one}/`))
      if (!prefix) throw new Error(`say what ${pattern} names: add it to this test`)
      const path = pattern.replace(prefix, prefix.replace(':id', theirs[prefix]))
      for (const method of methods.filter((one) => one === 'GET' || one === 'POST')) {
        const reply =
          method === 'GET'
            ? await client.get(path).withGuard('portal').loginAs(owner).redirects(0)
            : await client
                .post(path)
                .withGuard('portal')
                .loginAs(owner)
                .withCsrfToken()
                .redirects(0)
                .header('referer', '/portal')
                .form({ nothing: 'of use' })
        answers.set(`${method} ${pattern}`, reply.status())
      }
    }
    assert.isAbove(answers.size, 40)
    assert.deepEqual(
      [...answers].filter(([, status]) => status !== 404),
      []
    )
  })

  test('is refused by the name of the field where a form names it, and changes nothing', async ({
    client,
    assert,
  }) => {
    const own = await aClient()
    const owner = await User.findOrFail(own.userId)
    const theirs = await whatOthersHave()
    const list = theirs['/portal/contacts/lists/:id']
    const mine = await createList({ accountId: own.accountId, name: 'À moi', by: own.by })
    const contact = await addContact({
      accountId: own.accountId,
      email: 'moi@exemple.ci',
      phone: null,
      firstName: null,
      lastName: null,
      city: null,
      consent: 'granted',
      listId: mine.id,
      country: 'CI',
    })
    const campaign = await createCampaign({
      accountId: own.accountId,
      service: await aService('fixture_messaging'),
      name: 'x',
      brief: { subject: 'x', text: 'y' },
      listIds: [mine.id],
      by: own.by,
    })
    const sentence = 'Cette liste n’existe pas ou plus dans votre compte'
    for (const [page, path, form] of [
      [
        `/portal/campaigns/${campaign.id}/audience`,
        `/portal/campaigns/${campaign.id}/audience`,
        { 'lists[]': list },
      ],
      [
        `/portal/contacts/${contact.id}/edit`,
        `/portal/contacts/${contact.id}`,
        { 'email': 'moi@exemple.ci', 'lists[]': list },
      ],
      [
        '/portal/contacts/new',
        '/portal/contacts',
        { email: 'neuf@exemple.ci', consent: 'granted', list },
      ],
    ] as const) {
      const reply = await client
        .post(path)
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .header('referer', page)
        .form(form)
      assert.include(reply.text(), sentence, path)
    }
    const kept = await sql<{ lists: string[] }>(
      'select list_ids lists from campaigns where id = $1::uuid',
      [campaign.id]
    )
    assert.deepEqual(kept[0].lists, [mine.id])
    assert.deepEqual(
      await sql('select list_id from contact_list_members where contact_id = $1::uuid', [
        contact.id,
      ]),
      [{ list_id: mine.id }]
    )
    assert.isEmpty(
      await sql(`select 1 from contacts where account_id = $1 and email = 'neuf@exemple.ci'`, [
        own.accountId,
      ])
    )
  })
})
