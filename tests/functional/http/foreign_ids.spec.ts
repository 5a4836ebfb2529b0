import router from '@adonisjs/core/services/router'
import { test } from '@japa/runner'
import { addContact } from '#core/audience/contacts/save_contact'
import { createList } from '#core/audience/lists/create_list'
import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import pluginKernel from '#core/plugins/main'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aService } from '#tests/line_kit'
import { oneOfEach, pathTo } from './one_of_each.js'

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
    const theirs = await oneOfEach(await aClient())
    const routes = Object.values(router.toJSON())
      .flat()
      .filter((route) => route.pattern.startsWith('/portal/') && route.pattern.includes(':'))
    const answers = new Map<string, number>()
    for (const { pattern, methods } of routes) {
      const path = pathTo(pattern, theirs)
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
    const theirs = await oneOfEach(await aClient())
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
