import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import iconv from 'iconv-lite'
import type { ConsentDeclaration } from '#core/audience/consent/declare_consent'
import { createList } from '#core/audience/lists/create_list'
import type { ColumnTarget } from '#core/audience/imports/guess_mapping'
import { importContacts } from '#core/audience/imports/import_contacts'
import { problemsFile } from '#core/audience/imports/import_problems'
import { exportContacts } from '#core/audience/contacts/export_contacts'
import Contact from '#core/audience/models/contact'
import Import from '#core/audience/models/import'
import { startImport, uploadImport } from '#core/audience/imports/start_import'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'

const fixture = (name: string) =>
  new URL(`../../../unit/audience/fixtures/${name}`, import.meta.url).pathname

async function newAccount(): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `insert into accounts (name) values ('Essai') returning id`
  )
  return row!.id
}

async function fileOf(bytes: Buffer | string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'griot-import-')), 'file.csv')
  await writeFile(path, bytes)
  return path
}

async function prepare(o: {
  accountId: string
  path: string
  mapping?: ColumnTarget[]
  listId?: string
  declaration?: ConsentDeclaration
}) {
  const upload = await uploadImport({
    accountId: o.accountId,
    path: o.path,
    fileName: 'essai.csv',
    country: 'CI',
    by: SYSTEM,
  })
  await startImport({
    accountId: o.accountId,
    importId: upload.id,
    mapping: o.mapping,
    listId: o.listId ?? null,
    declaration: o.declaration,
    unasked: !o.declaration,
  })
  return upload.id
}

async function run(o: {
  accountId: string
  path: string
  mapping?: ColumnTarget[]
  listId?: string
  declaration?: ConsentDeclaration
}) {
  const id = await prepare(o)
  await importContacts({ importId: id })
  return Import.in(o.accountId).where('id', id).firstOrFail()
}

/** Rows of people who can be written to */
function people(count: number, end: string, separator = ';'): string {
  return Array.from({ length: count }, (_, n) => `p${n}@exemple.ci${separator}Awa${n}${end}`).join(
    ''
  )
}

function macintosh(): string {
  return `email;prenom\r${people(100, '\r').replace('Awa69', '"Awa\nSoro"')}`
}

function wrongLetter(): Buffer {
  const rows = people(40, '\n').replaceAll('Awa', 'Zoé ')
  const [before = '', after = ''] = rows.split('Zoé 19')
  return Buffer.concat([
    Buffer.from(`email;prenom\n${before}`),
    iconv.encode('Zoé 19', 'windows-1252'),
    Buffer.from(after),
  ])
}

function forgottenQuotes(): string {
  const rows = people(40, '\n').replace('Awa11', '"Awa11').replace('Awa29', '"Awa29')
  return `email;prenom\n${rows}`
}

const problemsOf = (id: string) =>
  sql<{ record: number; reason: string }>(
    'select record, reason from import_problems where import_id = $1 order by record, reason',
    [id]
  )
const contactsOf = (accountId: string) => Contact.in(accountId).orderBy('id')

test.group('importContacts', (group) => {
  group.tap((one) => one.timeout(60_000))

  for (const name of ['contacts', 'contacts-latin1-comma']) {
    test(`gives exactly the answers of ${name}.key.json`, async ({ assert }) => {
      const key = JSON.parse(await readFile(fixture(`${name}.key.json`), 'utf8')) as {
        rows: number
        contacts: number
        invalid_email: number
        duplicate: number
        consent: Record<string, number>
        problems: { record: number; reason: string }[]
      }
      const accountId = await newAccount()
      const list = await createList({ accountId, name: 'Tous', by: SYSTEM })
      const row = await run({ accountId, path: fixture(`${name}.csv`), listId: list.id })

      assert.equal(row.state, 'finished')
      assert.deepInclude(row.$attributes, {
        rows: key.rows,
        created: key.contacts,
        updated: 0,
        invalid: key.invalid_email,
        duplicates: key.duplicate,
      })
      assert.deepEqual(row.consents, key.consent)
      const refused = (await problemsOf(row.id)).filter(
        (problem) => problem.reason === 'invalid_email' || problem.reason === 'duplicate'
      )
      assert.deepEqual(refused, key.problems)

      const [listed] = await sql<{ count: bigint }>(
        'select count(*) from contact_list_members where list_id = $1',
        [list.id]
      )
      assert.equal(Number(listed?.count), key.contacts)
      assert.isFalse(existsSync(row.filePath), 'the uploaded file is gone')
    })
  }

  test('loses nobody to lines of CR, forgotten quotes, titles and wrong letters: {0}')
    .with([
      ['a hint of the separator', `sep=;\r\nemail;prenom\r\n${people(2, '\r\n')}`, 2, []],
      ['CR, and an LF in a cell', macintosh(), 100, []],
      ['a byte that is no UTF-8', wrongLetter(), 40, [['wrong_letter', 21]]],
      [
        'two quotes that nobody closed',
        forgottenQuotes(),
        40,
        [
          ['unclosed_quote', 13],
          ['unclosed_quote', 31],
        ],
      ],
      ['blanks around quotes', 'email; prenom\nadjoua@exemple.ci; "Adjoua; dite Dja"\n', 1, []],
      [
        'titles and rows of nothing',
        `Mes clients\n\nE-mail,First Name\n,\n${people(3, '\n', ',')},,\n`,
        3,
        [],
      ],
      ['no headings', people(4, '\n'), 4, []],
      [
        'a name without end',
        `email;prenom\nadjoua@exemple.ci;${'x'.repeat(3_000)}\n`,
        1,
        [['cell_cut', 2]],
      ],
    ] as const)
    .run(async ({ assert }, [, bytes, contacts, problems]) => {
      const accountId = await newAccount()
      const row = await run({ accountId, path: await fileOf(bytes) })
      assert.equal(row.created, contacts)
      const named = await sql<{ reason: string; line: number }>(
        'select reason, line from import_problems where import_id = $1 order by line',
        [row.id]
      )
      assert.deepEqual(
        named.map((one) => [one.reason, one.line]),
        problems.map((one) => [...one])
      )
      assert.equal(row.rows, contacts)
    })

  test('takes back what our own export wrote, byte for byte', async ({ assert }) => {
    const accountId = await newAccount()
    const text =
      "email;prenom;ville;note\nplus@exemple.ci;'+Awa;'=Abidjan;\"x,'=1;\"\"y\"\"\"\ntiret@exemple.ci;'-Jean;'@Bassam;''a\n"
    await run({ accountId, path: await fileOf(text) })
    const [first] = await contactsOf(accountId)
    assert.deepInclude(first?.$attributes, { firstName: '+Awa', city: '=Abidjan' })
    assert.deepEqual(first?.fields, { note: 'x,=1;"y"' })

    const exported = async (id: string) => {
      let file = ''
      const words = (key: string) => key.split('.').at(-1) ?? ''
      for await (const piece of exportContacts({
        accountId: id,
        listId: null,
        consent: null,
        words,
      }))
        file += piece
      return file
    }
    const once = await exported(accountId)
    const other = await newAccount()
    await run({ accountId: other, path: await fileOf(once) })
    assert.equal(await exported(other), once)
  })

  test('grants what the account declares to those who were never asked, and to nobody who refused', async ({
    assert,
  }) => {
    const accountId = await newAccount()
    await run({ accountId, path: await fileOf('email;accord\nno@exemple.ci;non\nq@exemple.ci;\n') })
    const row = await run({
      accountId,
      path: await fileOf('email\nno@exemple.ci\nq@exemple.ci\nnew@exemple.ci\n'),
      declaration: { how: 'Bulletin signé à la caisse', givenOn: '2026-11-02' },
    })
    const found = await contactsOf(accountId)
    assert.deepEqual(Object.fromEntries(found.map((one) => [one.email, one.consent])), {
      'no@exemple.ci': 'refused',
      'q@exemple.ci': 'granted',
      'new@exemple.ci': 'granted',
    })
    assert.deepEqual(row.consents, { granted: 2, refused: 1, unknown: 0 })
    const [declaration] = await sql<{ how: string; contacts: number }>(
      'select how, contacts from consent_declarations where account_id = $1',
      [accountId]
    )
    assert.deepEqual(declaration, { how: 'Bulletin signé à la caisse', contacts: 2 })
    const granted = found.find((one) => one.email === 'new@exemple.ci')
    assert.equal(granted?.consentSource, `declaration:${row.declarationId}`)
  })

  test('asks who agreed when no column says it', async ({ assert }) => {
    const accountId = await newAccount()
    const upload = await uploadImport({
      accountId,
      path: await fileOf('email\na@exemple.ci\n'),
      fileName: 'x.csv',
      country: 'CI',
      by: SYSTEM,
    })
    await assert.rejects(
      () => startImport({ accountId, importId: upload.id, listId: null }),
      /not answered/
    )
    assert.equal((await Import.in(accountId).firstOrFail()).state, 'uploaded')
  })

  test('updates contacts that exist, and an empty cell erases nothing', async ({ assert }) => {
    const accountId = await newAccount()
    await run({
      accountId,
      path: await fileOf(
        'email;prénom;ville;consentement;note\nawa@exemple.ci;Awa;Abidjan;oui;VIP\n'
      ),
    })
    const second = await run({
      accountId,
      path: await fileOf('email;prénom;ville;consentement;taille\nAWA@exemple.ci;;Bouaké;;M\n'),
    })

    assert.deepInclude(second.$attributes, { created: 0, updated: 1 })
    const contacts = await contactsOf(accountId)
    assert.lengthOf(contacts, 1)
    assert.deepInclude(contacts[0]!.$attributes, {
      firstName: 'Awa',
      city: 'Bouaké',
      consent: 'granted',
      fields: { note: 'VIP', taille: 'M' },
    })
  })

  test('records a refusal that comes later', async ({ assert }) => {
    const accountId = await newAccount()
    await run({ accountId, path: await fileOf('email;consentement\nawa@exemple.ci;oui\n') })
    const second = await run({
      accountId,
      path: await fileOf('email;consentement\nawa@exemple.ci;Non\n'),
    })
    const [contact] = await contactsOf(accountId)
    assert.equal(contact?.consent, 'refused')
    assert.equal(contact?.consentSource, `import:${second.id}`)
  })

  test('leaves the contacts of another account alone', async ({ assert }) => {
    const [one, two] = [await newAccount(), await newAccount()]
    const path = await fileOf('email;nom\nawa@exemple.ci;Koné\n')
    await run({ accountId: one, path })
    const second = await run({ accountId: two, path })
    assert.deepInclude(second.$attributes, { created: 1, updated: 0 })
    assert.lengthOf(await contactsOf(one), 1)
  })

  test('takes the phone for the key when no column is an address', async ({ assert }) => {
    const accountId = await newAccount()
    const path = await fileOf(
      'nom;téléphone\nKoné;07 83 77 83 53\nKoné bis;+2250783778353\nSow;123\n'
    )
    const row = await run({ accountId, path })
    assert.deepInclude(row.$attributes, { rows: 3, created: 1, duplicates: 1, invalid: 1 })
    const again = await run({ accountId, path })
    assert.deepInclude(again.$attributes, { created: 0, updated: 1 })
  })

  test('keeps a contact whose number is wrong, with a warning', async ({ assert }) => {
    const accountId = await newAccount()
    const row = await run({ accountId, path: await fileOf('email;téléphone\nawa@exemple.ci;12\n') })
    assert.deepInclude(row.$attributes, { created: 1, warnings: 1, invalid: 0 })
    assert.deepEqual(await problemsOf(row.id), [{ record: 2, reason: 'invalid_phone' }])
  })

  test('keeps formulas as text, and makes them harmless in the file of problems', async ({
    assert,
  }) => {
    const accountId = await newAccount()
    const row = await run({
      accountId,
      path: await fileOf('email;note\nawa@exemple.ci;"=HYPERLINK(""http://x"")"\nn/a;=1+1\n'),
    })
    const [contact] = await contactsOf(accountId)
    assert.equal(contact?.fields.note, '=HYPERLINK("http://x")')

    let file = ''
    for await (const piece of problemsFile({ row, words: (word) => word })) file += piece
    assert.include(file, `3;reasons.invalid_email;n/a;'=1+1`)
  })

  test('survives {0}')
    .with([
      [
        'an UTF-16 file',
        iconv.encode('email;prénom\nzoé@x;Zoé\nzoe@exemple.ci;Zoé\n', 'utf-16le', { addBOM: true }),
        { rows: 2, created: 1, invalid: 1 },
      ],
      ['one column', 'email\na@b.ci\nc@d.ci', { rows: 2, created: 2, invalid: 0 }],
      [
        'zero bytes',
        'email;nom\na\u0000b@c.ci;x\nd@e.ci;n\u0000m\n',
        { rows: 2, created: 1, invalid: 1 },
      ],
      [
        'short rows and long rows',
        'nom;email\n;a@b.ci;x;y\nseul\n',
        { rows: 2, created: 1, invalid: 1 },
      ],
      [
        'a quote that is never closed',
        'nom;email\n"jamais;a@b.ci\nAwa;c@d.ci\n',
        { rows: 2, created: 2, invalid: 0 },
      ],
      [
        'quotes in the middle',
        'nom;email\nla "grande" Awa;a@b.ci\n',
        { rows: 1, created: 1, invalid: 0 },
      ],
      [
        'backslashes and tabs',
        'nom;email\n\\N\t\\.;a@b.ci\n\\.;c@d.ci\n',
        { rows: 2, created: 2, invalid: 0 },
      ],
      [
        'half a surrogate',
        iconv.encode('nom;email\nx\ud83d;a@b.ci\n', 'utf-16le', { addBOM: true }),
        { rows: 1, created: 1, invalid: 0 },
      ],
      [
        'a line of 40 MB',
        `nom;email\n${'x'.repeat(40_000_000)}\nAwa;a@b.ci\n`,
        { rows: 2, created: 1, invalid: 1 },
      ],
      [
        'headings that are names of JavaScript',
        'email;__proto__;constructor\na@b.ci;x;y\n',
        { rows: 1, created: 1, invalid: 0 },
      ],
      [
        'one thing in two columns',
        'email;email\na@b.ci;c@d.ci\n',
        { rows: 1, created: 1, invalid: 0 },
      ],
    ] as [string, string | Buffer, Record<string, number>][])
    .run(async ({ assert }, [, bytes, expected]) => {
      const accountId = await newAccount()
      const row = await run({ accountId, path: await fileOf(bytes) })
      assert.equal(row.state, 'finished')
      assert.deepInclude(row.$attributes, expected)
    })

  test('refuses a mapping without an address, and one with two', async ({ assert }) => {
    const accountId = await newAccount()
    const path = await fileOf('nom;ville\nAwa;Abidjan\n')
    await assert.rejects(() => prepare({ accountId, path }), /No column/)
    await assert.rejects(() => prepare({ accountId, path, mapping: ['email', 'email'] }), /mapped/)
  })

  test('writes nothing when it is stopped in the middle, and its retry starts clean', async ({
    assert,
  }) => {
    const accountId = await newAccount()
    const id = await prepare({ accountId, path: fixture('contacts-latin1-comma.csv') })
    const stop = new AbortController()
    stop.abort()
    await assert.rejects(() => importContacts({ importId: id, signal: stop.signal }))
    assert.lengthOf(await contactsOf(accountId), 0)

    const counts = await importContacts({ importId: id })
    assert.equal(counts?.created, 4709)
    assert.isNull(await importContacts({ importId: id }), 'a finished import is left alone')
  })

  test('lets one worker alone read an import', async ({ assert }) => {
    const accountId = await newAccount()
    const id = await prepare({ accountId, path: fixture('contacts-latin1-comma.csv') })
    const results = await Promise.allSettled([
      importContacts({ importId: id }),
      importContacts({ importId: id }),
    ])
    assert.isTrue(
      results.some((result) => result.status === 'fulfilled' && result.value?.created === 4709)
    )
    assert.lengthOf(await contactsOf(accountId), 4709)
  })

  test('merges two files of an account at the same time without doubling anybody', async ({
    assert,
  }) => {
    const accountId = await newAccount()
    const lines = Array.from({ length: 2_000 }, (_, index) => `p${index}@exemple.ci;P${index}`)
    const first = await prepare({ accountId, path: await fileOf(`email;nom\n${lines.join('\n')}`) })
    const second = await prepare({
      accountId,
      path: await fileOf(`email;nom\n${[...lines].reverse().join('\n')}`),
    })
    await Promise.all([importContacts({ importId: first }), importContacts({ importId: second })])
    assert.lengthOf(await contactsOf(accountId), 2_000)
  })

  test('says so when its file is gone', async ({ assert }) => {
    const accountId = await newAccount()
    const id = await prepare({ accountId, path: await fileOf('email\na@b.ci\n') })
    await sql(`update imports set file_path = '/nowhere' where id = $1`, [id])
    await importContacts({ importId: id })
    const row = await Import.in(accountId).where('id', id).firstOrFail()
    assert.deepInclude(row.$attributes, { state: 'failed', error: 'E_FILE_GONE' })
  })
})
