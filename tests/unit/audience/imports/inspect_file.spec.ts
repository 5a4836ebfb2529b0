import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import iconv from 'iconv-lite'
import { inspectFile } from '#core/audience/imports/inspect_file'
import { guessMapping } from '#core/audience/imports/guess_mapping'

const fixture = (name: string) => new URL(`../fixtures/${name}`, import.meta.url).pathname

async function fileOf(bytes: Buffer | string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'griot-inspect-')), 'file.csv')
  await writeFile(path, bytes)
  return path
}

test.group('inspectFile', () => {
  test('reads the file of a French spreadsheet', async ({ assert }) => {
    const file = await inspectFile(fixture('contacts.csv'))
    assert.deepInclude(file, {
      encoding: 'utf-8',
      separator: ';',
      headingLine: 1,
      hasHeadings: true,
      lineEnds: 'lf',
    })
    assert.deepEqual(
      [...file.mapping],
      [
        'first_name',
        'last_name',
        'email',
        'phone',
        'city',
        'field:birth_date',
        'field:last_purchase',
        'consent',
        'field:note',
      ]
    )
    assert.lengthOf(file.rows, 10)
    assert.equal(file.rows[0]?.[0], 'Aminata')
  })

  test('recognises Windows-1252 with commas', async ({ assert }) => {
    const file = await inspectFile(fixture('contacts-latin1-comma.csv'))
    assert.deepInclude(file, { encoding: 'windows-1252', separator: ',' })
    assert.equal(file.headings[0], 'Prénom')
  })

  test('recognises {0}')
    .with([
      ['utf-8', (text: string) => Buffer.from(text)],
      ['utf-8', (text: string) => Buffer.from(`\ufeff${text}`)],
      ['utf-16le', (text: string) => iconv.encode(text, 'utf-16le', { addBOM: true })],
      ['utf-16be', (text: string) => iconv.encode(text, 'utf-16be', { addBOM: true })],
      ['utf-16le', (text: string) => iconv.encode(text, 'utf-16le')],
      ['utf-16be', (text: string) => iconv.encode(text, 'utf-16be')],
      ['windows-1252', (text: string) => iconv.encode(text, 'windows-1252')],
    ] as const)
    .run(async ({ assert }, [encoding, encode]) => {
      const file = await inspectFile(
        await fileOf(encode('Prénom;Adresse e-mail\r\nZoé;zoe@exemple.ci\r\n'))
      )
      assert.equal(file.encoding, encoding)
      assert.deepEqual([...file.headings], ['Prénom', 'Adresse e-mail'])
    })

  test('takes a file for Windows-1252 when its only accent stands at the end', async ({
    assert,
  }) => {
    const ascii = `email\n${'a@b.ci\n'.repeat(400_000)}`
    const file = await inspectFile(
      await fileOf(Buffer.concat([Buffer.from(ascii), Buffer.from([0xe9])]))
    )
    assert.equal(file.encoding, 'windows-1252')
  })

  test('recognises the separator {0}')
    .with([
      [';', 'nom;email\n"a,b,c";x@y.ci\n'],
      [',', 'nom,email\n"a;b;c",x@y.ci\n'],
      ['\t', 'nom\temail\na, b\tx@y.ci\n'],
      ['|', 'nom|email\na; b|x@y.ci\n'],
      [';', 'email\nx@y.ci\n'],
    ] as const)
    .run(async ({ assert }, [separator, text]) => {
      assert.equal((await inspectFile(await fileOf(text))).separator, separator)
    })

  test('keeps the first line when it is a person', async ({ assert }) => {
    const file = await inspectFile(await fileOf('Awa;awa@exemple.ci\nZoé;zoe@exemple.ci\n'))
    assert.deepInclude(file, { hasHeadings: false, headingLine: 0, headings: ['', ''] })
    assert.deepEqual([...file.mapping], ['field:column_1', 'email'])
    assert.lengthOf(file.rows, 2)
  })

  test('refuses an empty file and a workbook', async ({ assert }) => {
    await assert.rejects(async () => inspectFile(await fileOf('')))
    await assert.rejects(async () => inspectFile(await fileOf('\n\r\n')))
    await assert.rejects(async () =>
      inspectFile(await fileOf(Buffer.from('504b030414000600', 'hex')))
    )
  })

  test('reads lines that end as on old Macintoshes', async ({ assert }) => {
    const file = await inspectFile(await fileOf('nom;email\rAwa;awa@exemple.ci\r'))
    assert.deepEqual(file.rows, [['Awa', 'awa@exemple.ci']])
  })

  test('guesses headings in both languages, each thing once', ({ assert }) => {
    assert.deepEqual(
      guessMapping([
        'E-MAIL',
        'Courriel',
        'Numéro de téléphone',
        'First Name',
        'Pays',
        'Opt-in',
        'Chiffre d’affaires 2025',
        '',
        '__proto__',
      ]),
      [
        'email',
        'field:courriel',
        'phone',
        'first_name',
        'country',
        'consent',
        'field:chiffre_d_affaires_2025',
        'field:column_8',
        'field:proto',
      ]
    )
    assert.equal(new Set(guessMapping(['Note', 'Remarque', 'note'])).size, 3)
  })
})
