import { randomUUID } from 'node:crypto'
import type { ApiClient } from '@japa/api-client'
import { test } from '@japa/runner'
import { sql } from '#core/database/sql'
import { reportFacts } from '#core/facts/report_facts'
import { createStaffMember } from '#core/identity/accounts/create_staff_member'
import User from '#core/identity/models/user'
import { aClient, type Client } from '#tests/line_kit'
import { aSentRun } from '../tracking/tracking_kit.js'

/** An account to which somebody has written back */
async function anAccountWithReplies(replies: readonly string[]) {
  const run = await aSentRun()
  const address = `r${run}@gmail.com`
  await sql('update deliveries set address = $2 where run_id = $1 and seq = 1', [run, address])
  const client = await aClient()
  await sql('update campaign_runs set account_id = $2 where id = $1', [run, client.accountId])
  await reportFacts({
    pluginId: 'fixture_messaging',
    now: new Date(),
    facts: replies.map((text) => ({
      kind: 'message',
      id: randomUUID(),
      at: new Date(),
      from: address,
      text,
    })),
  })
  const [conversation] = await sql<{ id: string }>(
    'select id from conversations where account_id = $1',
    [client.accountId]
  )
  return { client, address, id: conversation.id }
}

const page = async (http: ApiClient, client: Client, path: string, language = 'fr') =>
  (
    await http
      .get(path)
      .header('accept-language', language)
      .withGuard('portal')
      .loginAs(await User.findOrFail(client.userId))
  ).text()

const post = async (
  http: ApiClient,
  client: Client,
  path: string,
  form: Record<string, string> = {}
) =>
  http
    .post(path)
    .header('referer', path)
    .withGuard('portal')
    .loginAs(await User.findOrFail(client.userId))
    .withCsrfToken()
    .redirects(0)
    .form(form)

test.group('The inbox', () => {
  test('shows who wrote, what is new, and is read once it is opened', async ({
    client: http,
    assert,
  }) => {
    const { client, address, id } = await anAccountWithReplies(['Bonjour', 'Êtes-vous là ?'])
    const list = await page(http, client, '/portal/inbox')
    assert.include(list, address)
    assert.include(list, '2 nouveaux')
    assert.include(list, 'Réponses</span> (1)')
    assert.include(await page(http, client, '/portal/inbox', 'en'), '2 new')

    const thread = await page(http, client, `/portal/inbox/${id}`)
    assert.include(thread, 'Bonjour')
    assert.include(thread, `mailto:${address}`)
    assert.notInclude(await page(http, client, '/portal/inbox'), 'nouveaux</span>')
  })

  test('finds a conversation by a word, whatever its accents, and says so when there is none', async ({
    client: http,
    assert,
  }) => {
    const { client, address } = await anAccountWithReplies([
      'La boutique de Bouaké est-elle ouverte ?',
    ])
    assert.include(await page(http, client, '/portal/inbox?q=BOUAKE'), address)
    assert.notInclude(await page(http, client, '/portal/inbox?q=Korhogo'), address)
    assert.notInclude(await page(http, client, '/portal/inbox?state=done'), address)
    assert.notInclude(await page(http, client, '/portal/inbox?mine=1'), address)
  })

  test('is escaped: what a stranger writes is no markup', async ({ client: http, assert }) => {
    const { client, id } = await anAccountWithReplies(['<script>alert(1)</script><b>x</b>'])
    for (const path of ['/portal/inbox', `/portal/inbox/${id}`]) {
      const html = await page(http, client, path)
      assert.notInclude(html, '<script>alert(1)')
      assert.include(html, '&lt;script&gt;alert(1)')
    }
  })

  test('takes notes, gives a conversation to a member alone, ends it, and a new message opens it again', async ({
    client: http,
    assert,
  }) => {
    const { client, address, id } = await anAccountWithReplies(['Bonjour'])
    const stranger = await aClient()
    ;(
      await post(http, client, `/portal/inbox/${id}/note`, { text: 'À rappeler lundi' })
    ).assertStatus(302)
    assert.include(await page(http, client, `/portal/inbox/${id}`), 'À rappeler lundi')
    const refused = await post(http, client, `/portal/inbox/${id}/assign`, {
      user: stranger.userId,
    })
    refused.assertStatus(404)
    await post(http, client, `/portal/inbox/${id}/assign`, { user: client.userId })
    assert.include(await page(http, client, '/portal/inbox?mine=1'), address)
    await post(http, client, `/portal/inbox/${id}/assign`)
    assert.notInclude(await page(http, client, '/portal/inbox?mine=1'), address)

    await post(http, client, `/portal/inbox/${id}/close`)
    assert.include(await page(http, client, '/portal/inbox?state=done'), address)
    await reportFacts({
      pluginId: 'fixture_messaging',
      now: new Date(),
      facts: [
        { kind: 'message', id: randomUUID(), at: new Date(), from: address, text: 'Encore moi' },
      ],
    })
    assert.include(await page(http, client, '/portal/inbox'), 'Encore moi')
  })

  test('refuses an empty note at its field', async ({ client: http, assert }) => {
    const { client, id } = await anAccountWithReplies(['Bonjour'])
    const reply = await post(http, client, `/portal/inbox/${id}/note`, { text: '   ' })
    assert.property(reply.flashMessages().inputErrorsBag, 'text')
  })

  test('pages by key, without gap and without repetition', async ({ client: http, assert }) => {
    const { client } = await anAccountWithReplies(['Bonjour'])
    await sql(
      `insert into conversations (account_id, plugin_id, channel, address, last_at)
       select $1, 'fixture_messaging', 'fixture_messaging', 'p' || n || '@page.example', now()
         from generate_series(1, 60) n`,
      [client.accountId]
    )
    const seen: string[] = []
    let path: string | undefined = '/portal/inbox'
    let turns = 0
    while (path !== undefined && (turns += 1) < 10) {
      const html: string = await page(http, client, path)
      seen.push(...[...html.matchAll(/p\d+@page\.example/g)].map(([one]) => one))
      path = /rel="next" href="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
    }
    assert.lengthOf(new Set(seen), 60)
    assert.equal(turns, 3)
  })
})

test.group('Opt-out words', () => {
  test('are added in the form in which they are compared, once, and taken away', async ({
    client: http,
    assert,
  }) => {
    const admin = await createStaffMember({
      email: `words-${randomUUID()}@griot.test`,
      fullName: 'Aya Admin',
      password: 'une phrase assez longue',
      role: 'admin',
      locale: 'fr',
    })
    const send = (path: string, form: Record<string, string>) =>
      http
        .post(path)
        .header('referer', '/admin/opt-words')
        .withGuard('admin')
        .loginAs(admin)
        .withCsrfToken()
        .redirects(0)
        .form(form)
    await send('/admin/opt-words', { word: 'Ça suffit !', means: 'out', language: 'fr' })
    const [{ id }] = await sql<{ id: string }>(`select id from opt_words where word = 'ca suffit'`)
    const again = await send('/admin/opt-words', { word: 'CA SUFFIT', means: 'in' })
    assert.match(
      (again.flashMessages().inputErrorsBag as Record<string, string[]>).word[0],
      /déjà dans la liste/
    )
    const none = await send('/admin/opt-words', { word: '!!!', means: 'out' })
    assert.property(none.flashMessages().inputErrorsBag, 'word')

    const { client } = await anAccountWithReplies(['Bonjour'])
    const [{ address }] = await sql<{ address: string }>(
      'select address from conversations where account_id = $1',
      [client.accountId]
    )
    await reportFacts({
      pluginId: 'fixture_messaging',
      now: new Date(),
      facts: [
        { kind: 'message', id: randomUUID(), at: new Date(), from: address, text: 'ça suffit' },
      ],
    })
    assert.lengthOf(
      await sql('select 1 from suppressions where account_id = $1', [client.accountId]),
      1
    )
    await send(`/admin/opt-words/${id}/remove`, {})
    assert.isEmpty(await sql('select 1 from opt_words where id = $1', [id]))
  })

  test('that come with Griot are in the form in which messages are compared', async ({
    assert,
  }) => {
    const { bareWord } = await import('#core/conversations/opt_words')
    const words = await sql<{ word: string }>('select word from opt_words')
    assert.isAbove(words.length, 20)
    for (const { word } of words) assert.equal(bareWord(word), word)
  })
})
