import { existsSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { createList } from '#core/audience/lists/create_list'
import { importContacts } from '#core/audience/imports/import_contacts'
import Contact from '#core/audience/models/contact'
import ContactList from '#core/audience/models/contact_list'
import Import from '#core/audience/models/import'
import Suppression from '#core/audience/models/suppression'
import { addContact } from '#core/audience/contacts/save_contact'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { createAccount } from '#core/identity/accounts/create_account'

let people = 0
async function newClient() {
  const email = `contacts-${Date.now()}-${++people}@exemple.ci`
  return createAccount({
    company: 'Marché',
    country: 'CI',
    owner: { fullName: 'Awa Koné', email, password: 'une phrase assez longue', locale: 'fr' },
    confirmed: true,
    now: new Date(),
  })
}

async function fileOf(text: string | Buffer, name = 'clients.csv'): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'griot-http-')), name)
  await writeFile(path, text)
  return path
}

const PERSON = {
  firstName: 'Awa',
  lastName: 'Koné',
  city: 'Abidjan',
  consent: 'granted' as const,
  country: 'CI',
  phone: '0783778353',
  listId: null,
}

test.group('Contacts in the portal', () => {
  test('imports a file from the upload to the result', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const uploaded = await client
      .post('/portal/contacts/imports')
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .field('country', 'CI')
      .file(
        'file',
        await fileOf(
          'Prénom;Adresse e-mail;Téléphone;Consentement;Remarque\r\nZoé;zoe@exemple.ci;07 83 77 83 53;oui;VIP\r\nAwa;n/a;;;\r\nZoé;ZOE@exemple.ci;;;\r\n'
        )
      )
    uploaded.assertStatus(302)
    const place = uploaded.header('location') ?? ''
    assert.match(place, /^\/portal\/contacts\/imports\/[0-9a-f-]{36}$/)

    const mapping = await client.get(place).withGuard('portal').loginAs(owner)
    mapping.assertStatus(200)
    mapping.assertTextIncludes('Adresse e-mail')
    mapping.assertTextIncludes('zoe@exemple.ci')

    const started = await client
      .post(`${place}/start`)
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .form({
        mapping: ['first_name', 'email', 'phone', 'consent', 'field:note'],
        new_list: 'Clients',
        country: 'CI',
      })
    started.assertStatus(302)

    const running = await client.get(place).withGuard('portal').loginAs(owner)
    running.assertStatus(200)
    running.assertHeader('refresh', '2')

    await importContacts({ importId: place.split('/').at(-1) ?? '' })
    const result = await client.get(place).withGuard('portal').loginAs(owner)
    result.assertStatus(200)
    assert.isUndefined(result.header('refresh'))
    result.assertTextIncludes('Import terminé')
    result.assertTextIncludes('Adresse déjà présente plus haut')

    const file = await client.get(`${place}/problems.csv`).withGuard('portal').loginAs(owner)
    file.assertStatus(200)
    assert.include(file.text(), '3;Adresse e-mail absente ou non valide;Awa;n/a')

    const [contact] = await Contact.in(account.id)
    assert.deepInclude(contact?.$attributes ?? {}, {
      email: 'zoe@exemple.ci',
      phone: '+2250783778353',
      consent: 'granted',
      fields: { note: 'VIP' },
    })
    const [list] = await ContactList.in(account.id)
    assert.equal(list?.name, 'Clients')
  })

  test('says what is wrong with {0}, and keeps nothing')
    .with([
      ['an empty file', '', 'clients.csv'],
      ['a workbook', Buffer.from('504b03041400', 'hex'), 'clients.csv'],
      ['a workbook by its name', 'x', 'clients.xlsx'],
    ] as [string, string | Buffer, string][])
    .run(async ({ client, assert }, [, bytes, name]) => {
      const { account, owner } = await newClient()
      const answer = await client
        .post('/portal/contacts/imports')
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .redirects(0)
        .header('referer', '/portal/contacts/imports/new')
        .field('country', 'CI')
        .file('file', await fileOf(bytes, name))
      answer.assertStatus(302)
      assert.lengthOf(await Import.in(account.id), 0)
    })

  test('refuses a mapping without an address', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const uploaded = await client
      .post('/portal/contacts/imports')
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .field('country', 'CI')
      .file('file', await fileOf('nom;ville\nAwa;Abidjan\n'))
    const place = uploaded.header('location') ?? ''
    await client
      .post(`${place}/start`)
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .redirects(0)
      .header('referer', place)
      .form({ mapping: ['last_name', 'city'], country: 'CI' })
    const [row] = await Import.in(account.id)
    assert.equal(row?.state, 'uploaded')
  })

  test('shows every page with and without data', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const pages = [
      '/portal/contacts',
      '/portal/contacts/new',
      '/portal/contacts/lists',
      '/portal/contacts/lists/new',
      '/portal/contacts/imports',
      '/portal/contacts/imports/new',
      '/portal/contacts/suppressions',
    ]
    for (const page of pages)
      (await client.get(page).withGuard('portal').loginAs(owner)).assertStatus(200)

    const list = await createList({ accountId: account.id, name: 'Tous', by: SYSTEM })
    const contact = await addContact({
      ...PERSON,
      accountId: account.id,
      email: 'awa@exemple.ci',
      listId: list.id,
    })
    for (const page of [
      ...pages,
      `/portal/contacts/${contact.id}`,
      `/portal/contacts/lists/${list.id}`,
      `/portal/contacts?list=${list.id}`,
      '/portal/contacts?q=nobody',
      '/portal/contacts?cursor=<x',
      '/portal/contacts?list=x&q[a]=b',
    ]) {
      const answer = await client.get(page).withGuard('portal').loginAs(owner)
      answer.assertStatus(200)
      assert.notMatch(answer.text(), /translation missing|>\s*(?:audience|ui)\.[a-z_.]+\s*</i)
    }
    const found = await client.get('/portal/contacts?q=07 83 77').withGuard('portal').loginAs(owner)
    found.assertTextIncludes('Awa Koné')
    const english = await client
      .get(`/portal/contacts/${contact.id}`)
      .withGuard('portal')
      .loginAs(owner)
      .header('accept-language', 'en')
    english.assertTextIncludes('Delete the contact')
  })

  test('adds a contact, records what they say, opposes and deletes', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const post = (path: string, form: Record<string, unknown>) =>
      client.post(path).withGuard('portal').loginAs(owner).withCsrfToken().redirects(0).form(form)
    ;(
      await post('/portal/contacts', {
        email: 'Awa@Exemple.CI',
        phone: '07 83 77 83 53',
        consent: 'unknown',
      })
    ).assertStatus(302)
    const contact = await Contact.in(account.id).firstOrFail()
    assert.equal(contact.email, 'awa@exemple.ci')

    await post(`/portal/contacts/${contact.id}/consent`, { consent: 'refused' })
    assert.equal((await Contact.in(account.id).firstOrFail()).consent, 'refused')

    await post('/portal/contacts/suppressions', { address: '0783778353' })
    assert.equal((await Suppression.in(account.id).firstOrFail()).address, '+2250783778353')
    ;(
      await client.get(`/portal/contacts/${contact.id}`).withGuard('portal').loginAs(owner)
    ).assertTextIncludes('Aucun message ne sera envoyé')

    await post('/portal/contacts/suppressions/remove', { address: '+2250783778353' })
    assert.isNull(await Suppression.in(account.id).first())

    await post(`/portal/contacts/${contact.id}/delete`, {})
    assert.isNull(await Contact.in(account.id).first())
  })

  test('prints what a contact contains, and runs nothing of it', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const contact = await addContact({
      ...PERSON,
      accountId: account.id,
      email: 'awa@exemple.ci',
      firstName: '<script>alert(1)</script>{{ 7 * 7 }}',
    })
    const page = await client
      .get(`/portal/contacts/${contact.id}`)
      .withGuard('portal')
      .loginAs(owner)
    assert.notInclude(page.text(), '<script>alert(1)')
    assert.include(page.text(), '{{ 7 * 7 }}')
  })

  test('answers 404 for what belongs to another account', async ({ client }) => {
    const [mine, theirs] = [await newClient(), await newClient()]
    const list = await createList({ accountId: theirs.account.id, name: 'Tous', by: SYSTEM })
    const contact = await addContact({
      ...PERSON,
      accountId: theirs.account.id,
      email: 'awa@exemple.ci',
      listId: list.id,
    })
    const [row] = await sql<{ id: string }>(
      `insert into imports (account_id, file_name, file_path, bytes, encoding, separator, state) values ($1, 'x', '/nowhere', 1, 'utf-8', ';', 'finished') returning id`,
      [theirs.account.id]
    )
    const gets = [
      `/portal/contacts/${contact.id}`,
      `/portal/contacts/lists/${list.id}`,
      `/portal/contacts/imports/${row?.id}`,
      `/portal/contacts/imports/${row?.id}/problems.csv`,
      '/portal/contacts/not-an-id',
    ]
    for (const path of gets)
      (await client.get(path).withGuard('portal').loginAs(mine.owner)).assertStatus(404)

    const posts = [
      `/portal/contacts/${contact.id}/consent`,
      `/portal/contacts/${contact.id}/delete`,
      `/portal/contacts/lists/${list.id}`,
      `/portal/contacts/lists/${list.id}/delete`,
      `/portal/contacts/imports/${row?.id}/start`,
    ]
    for (const path of posts) {
      const answer = await client
        .post(path)
        .withGuard('portal')
        .loginAs(mine.owner)
        .withCsrfToken()
        .redirects(0)
        .form({ consent: 'refused', name: 'Pris', country: 'CI' })
      answer.assertStatus(404)
    }
  })

  test('lets a reader look and change nothing', async ({ client }) => {
    const { account, owner } = await newClient()
    await sql(`update memberships set role = 'reader' where account_id = $1 and user_id = $2`, [
      account.id,
      owner.id,
    ])
    ;(await client.get('/portal/contacts').withGuard('portal').loginAs(owner)).assertStatus(200)
    ;(
      await client.get('/portal/contacts/imports/new').withGuard('portal').loginAs(owner)
    ).assertStatus(403)
    ;(
      await client
        .post('/portal/contacts/lists')
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .redirects(0)
        .form({ name: 'X' })
    ).assertStatus(403)
  })

  test('sends a stranger to the sign-in page', async ({ client }) => {
    const answer = await client.get('/portal/contacts').redirects(0)
    answer.assertStatus(302)
    answer.assertHeader('location', '/signin')
  })

  test('asks who agreed, keeps how and when, and shows it at each person', async ({
    client,
    assert,
  }) => {
    const { account, owner } = await newClient()
    const form = (path: string) =>
      client.post(path).withGuard('portal').loginAs(owner).withCsrfToken().redirects(0)
    const uploaded = await form('/portal/contacts/imports')
      .field('country', 'CI')
      .file('file', await fileOf('Relevé du 3 novembre\n\nemail;prenom\nzoe@exemple.ci;Zoé\n'))
    const place = uploaded.header('location') ?? ''
    const page = await client.get(place).withGuard('portal').loginAs(owner)
    page.assertTextIncludes('1 ligne au-dessus des titres n’est pas importée.')

    const start = { country: 'CI', mapping: { 0: 'email', 1: 'first_name' } }
    await form(`${place}/start`)
      .header('referer', place)
      .form({ ...start, new_list: 'Novembre' })
    const unproven = await client
      .post(`${place}/start`)
      .header('referer', place)
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .form({ ...start, consent: 'all' })
    unproven.assertTextIncludes('Comment ont-elles accepté ? : Remplissez ce champ')
    const waiting = await Import.in(account.id).firstOrFail()
    assert.equal(waiting.state, 'uploaded')
    assert.lengthOf(await ContactList.in(account.id), 0, 'no list for a refused form')

    await form(`${place}/start`).form({
      ...start,
      consent: 'all',
      consent_how: 'Bulletin signé à la caisse',
      consent_on: '2026-11-03',
    })
    await importContacts({ importId: waiting.id })
    const zoe = await Contact.in(account.id).firstOrFail()
    assert.equal(zoe.consent, 'granted')
    const shown = await client.get(`/portal/contacts/${zoe.id}`).withGuard('portal').loginAs(owner)
    shown.assertTextIncludes('Bulletin signé à la caisse')
    shown.assertTextIncludes('3 nov. 2026')
  })

  test('records the consent of a list at once, of nobody who refused', async ({
    client,
    assert,
  }) => {
    const { account, owner } = await newClient()
    const list = await createList({ accountId: account.id, name: 'Salon', by: SYSTEM })
    const add = (email: string, consent: 'refused' | 'unknown', listId: string | null) =>
      addContact({ ...PERSON, accountId: account.id, email, consent, listId, phone: null })
    const asked = await add('asked@exemple.ci', 'unknown', list.id)
    await add('no@exemple.ci', 'refused', list.id)
    await add('elsewhere@exemple.ci', 'unknown', null)

    const filtered = await client
      .get(`/portal/contacts?consent=unknown&list=${list.id}`)
      .withGuard('portal')
      .loginAs(owner)
    const rows = (text: string) => [...text.matchAll(/\/portal\/contacts\/([0-9a-f-]{36})/g)]
    assert.deepEqual(
      rows(filtered.text()).map((row) => row[1]),
      [asked.id]
    )
    filtered.assertTextIncludes(`/portal/contacts/consent?list=${list.id}`)

    const saved = await client
      .post('/portal/contacts/consent')
      .withGuard('portal')
      .loginAs(owner)
      .withCsrfToken()
      .form({ list: list.id, consent_how: 'Stand du salon', consent_on: '' })
    saved.assertTextIncludes('Le consentement d’une personne est enregistré.')
    const found = await Contact.in(account.id)
    assert.deepEqual(Object.fromEntries(found.map((one) => [one.email, one.consent])), {
      'asked@exemple.ci': 'granted',
      'no@exemple.ci': 'refused',
      'elsewhere@exemple.ci': 'unknown',
    })

    const stranger = await newClient()
    const refused = await client
      .post('/portal/contacts/consent')
      .withGuard('portal')
      .loginAs(stranger.owner)
      .withCsrfToken()
      .form({ list: list.id })
    refused.assertStatus(404)
  })

  test('corrects a contact and moves it between lists', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    const [from, to] = await Promise.all(
      ['Ancienne', 'Nouvelle'].map((name) =>
        createList({ accountId: account.id, name, by: SYSTEM })
      )
    )
    const awa = await addContact({
      ...PERSON,
      accountId: account.id,
      email: 'awa@exemple.ci',
      listId: from?.id ?? null,
    })
    await addContact({ ...PERSON, accountId: account.id, email: 'taken@exemple.ci', phone: null })
    const page = await client
      .get(`/portal/contacts/${awa.id}/edit`)
      .withGuard('portal')
      .loginAs(owner)
    page.assertTextIncludes('Ancienne')

    const save = (form: Record<string, unknown>, as = owner) =>
      client
        .post(`/portal/contacts/${awa.id}`)
        .header('referer', `/portal/contacts/${awa.id}/edit`)
        .withGuard('portal')
        .loginAs(as)
        .withCsrfToken()
        .form(form)
    const refused = await save({ 'email': 'taken@exemple.ci', 'lists[]': to?.id })
    refused.assertTextIncludes('Un contact a déjà l’adresse taken@exemple.ci.')
    await save({ 'email': 'Awa.K@exemple.ci', 'phone': '', 'city': 'Bouaké', 'lists[]': to?.id })
    const saved = await Contact.in(account.id).where('id', awa.id).firstOrFail()
    assert.deepInclude(saved.$attributes, {
      email: 'awa.k@exemple.ci',
      phone: null,
      city: 'Bouaké',
      consent: 'granted',
    })
    const lists = await sql<{ list_id: string }>(
      'select list_id from contact_list_members where contact_id = $1',
      [awa.id]
    )
    assert.deepEqual(
      lists.map((one) => one.list_id),
      [to?.id]
    )
    const stranger = await newClient()
    ;(await save({ email: 'x@exemple.ci' }, stranger.owner)).assertStatus(404)
  })

  test('finds people whatever the accents and the case', async ({ client }) => {
    const { account, owner } = await newClient()
    const aisse = await addContact({
      ...PERSON,
      accountId: account.id,
      email: 'a@exemple.ci',
      firstName: 'Aïssé',
    })
    for (const typed of ['aisse kone', 'AÏSSÉ', 'kone ais', 'Aïssé Koné'.normalize('NFD')]) {
      const page = await client
        .get(`/portal/contacts?q=${encodeURIComponent(typed)}`)
        .withGuard('portal')
        .loginAs(owner)
      page.assertTextIncludes(`/portal/contacts/${aisse.id}`)
    }
  })

  test('lets an import be abandoned until it is started, and its file goes', async ({
    client,
    assert,
  }) => {
    const { account, owner } = await newClient()
    const form = (path: string) =>
      client.post(path).withGuard('portal').loginAs(owner).withCsrfToken().redirects(0)
    const uploaded = await form('/portal/contacts/imports')
      .field('country', 'CI')
      .file('file', await fileOf('email\nzoe@exemple.ci\n'))
    const row = await Import.in(account.id).firstOrFail()
    const stranger = await newClient()
    const refused = await client
      .post(`${uploaded.header('location')}/abandon`)
      .withGuard('portal')
      .loginAs(stranger.owner)
      .withCsrfToken()
    refused.assertStatus(404)
    ;(await form(`${uploaded.header('location')}/abandon`)).assertStatus(302)
    assert.isNull(await Import.in(account.id).first())
    assert.isFalse(existsSync(row.filePath))
  })

  test('says what to do with a workbook, an empty file and headings alone', async ({ client }) => {
    const { owner } = await newClient()
    const upload = async (bytes: Buffer | string, name: string) =>
      client
        .post('/portal/contacts/imports')
        .header('referer', '/portal/contacts/imports/new')
        .withGuard('portal')
        .loginAs(owner)
        .withCsrfToken()
        .field('country', 'CI')
        .file('file', await fileOf(bytes, name))
    const workbook = await upload(Buffer.from('504b030414000600', 'hex'), 'clients.xlsx')
    workbook.assertTextIncludes('CSV UTF-8')
    ;(await upload('\n', 'clients.csv')).assertTextIncludes('Ce fichier est vide')
    ;(await upload('email;prenom\n', 'c.csv')).assertTextIncludes('aucun contact en dessous')
  })

  test('exports what it shows, guarded against formulas', async ({ client, assert }) => {
    const { account, owner } = await newClient()
    await addContact({ ...PERSON, accountId: account.id, email: 'a@exemple.ci', city: '=1+1' })
    const file = await client
      .get('/portal/contacts/contacts.csv?consent=granted')
      .withGuard('portal')
      .loginAs(owner)
    file.assertHeader('content-type', 'text/csv; charset=utf-8')
    const text = file.text() || String(file.body())
    assert.include(text, "a@exemple.ci;'+2250783778353;Awa;Koné;'=1+1;")
    assert.include(text, ';oui')
  })
})
