import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { exportCell, unguardCell } from '#core/http/csv/export_cell'
import { CsvRecords } from '#core/audience/imports/csv_records'
import { inspectFile } from '#core/audience/imports/inspect_file'
import { RowEnds } from '#core/audience/imports/line_ends'

async function inspected(bytes: Buffer | string) {
  const path = join(await mkdtemp(join(tmpdir(), 'griot-kinds-')), 'file.csv')
  await writeFile(path, bytes)
  return inspectFile(path)
}

/** Rows of a text as an import reads them, in pieces of a size */
async function rows(text: string, size = text.length): Promise<string[][]> {
  const file = await inspected(text)
  const ends = new RowEnds(file.lineEnds)
  const found: string[][] = []
  const records = new CsvRecords({
    separator: file.separator,
    width: file.headings.length,
    onRecord: (cells, _flaw, line) => {
      if (line > file.headingLine) found.push(ends.restore(cells).map((cell) => cell.trim()))
    },
  })
  for (let at = 0; at < text.length; at += size) records.push(ends.write(text.slice(at, at + size)))
  records.push(ends.end())
  records.end()
  return found.filter((cells) => cells.some(Boolean))
}

test.group('Kinds of files: the separator', () => {
  test('is what the first line says, also in quotes, in capitals and after a byte-order mark')
    .with([
      'sep=;\r\nemail;ville\r\na@b.ci;Man, Ouest\r\n',
      'SEP=,\nemail,ville\na@b.ci,"Man; Ouest"\n',
      '"sep=|"\nemail|ville\na@b.ci|Man\n',
      '\ufeffsep=;\nemail;ville\na@b.ci;Man\n',
      'sep=\t\nemail\tville\na@b.ci\tMan\n',
      'sep=^\nemail^ville\na@b.ci^Man\n',
    ])
    .run(async ({ assert }, text) => {
      const file = await inspected(text)
      assert.deepEqual([...file.headings], ['email', 'ville'])
      assert.lengthOf(file.rows, 1)
      assert.equal(file.linesAbove, 0)
    })

  test('is looked for when the hint is wrong', async ({ assert }) => {
    const file = await inspected('sep=|\nemail;ville\na@b.ci;Man\n')
    assert.deepEqual([file.separator, ...file.headings], [';', 'email', 'ville'])
  })
})

test.group('Kinds of files: line ends', () => {
  const people = Array.from({ length: 60 }, (_, n) => [`p${n}@exemple.ci`, `Awa ${n}`, 'Man'])

  test('are read at any cut, whichever they are')
    .with(['\n', '\r\n', '\r'])
    .run(async ({ assert }, end) => {
      const text = ['email;prenom;ville', ...people.map((row) => row.join(';'))].join(end) + end
      for (const size of [1, 2, 3, 17, 256]) assert.deepEqual(await rows(text, size), people)
    })

  test('may be mixed: each of them ends a row', async ({ assert }) => {
    const ends = ['\r\n', '\r', '\n']
    const text = ['email;prenom;ville', ...people.map((row) => row.join(';'))]
      .map((line, n) => line + (ends[n % 3] ?? ''))
      .join('')
    for (const size of [1, 2, 5, 100]) assert.deepEqual(await rows(text, size), people)
  })

  test('of another kind than the file are part of a cell, in quotes or not: {0}')
    .with([
      ['\r', '\n', '"Kor\nhogo"'],
      ['\r', '\n', 'Kor\nhogo'],
      ['\r\n', '\n', 'Kor\nhogo'],
      ['\r\n', '\n', '"Kor\nhogo"'],
      ['\n', '\r', '"Kor\rhogo"'],
      ['\n', '\r', 'Kor\rhogo'],
    ] as const)
    .run(async ({ assert }, [end, inner, city]) => {
      const lines = people.map((row) => row.join(';'))
      lines[30] = `p30@exemple.ci;Awa 30;${city}`
      const text = ['email;prenom;ville', ...lines].join(end) + end
      for (const size of [1, 3, 64]) {
        const found = await rows(text, size)
        assert.lengthOf(found, 60)
        assert.equal(found[30]?.[2]?.replace(/[\r\n]/, inner), `Kor${inner}hogo`)
      }
    })
})

test.group('Kinds of files: letters', () => {
  const line = (n: number) => `abonne${n}@exemple.ci;Gisèle;Bouaflé\n`

  test('stay UTF-8 with some wrong bytes, however far into the file they stand', async ({
    assert,
  }) => {
    const good = Array.from({ length: 40_000 }, (_, n) => line(n)).join('')
    for (const wrong of [1, 100]) {
      const bytes = Buffer.concat([
        Buffer.from(`email;prenom;ville\n${good}`),
        iconv.encode(line(0).repeat(wrong), 'windows-1252'),
      ])
      assert.equal((await inspected(bytes)).encoding, 'utf-8')
    }
  })

  test('are what the byte-order mark says, always', async ({ assert }) => {
    const bytes = Buffer.concat([
      Buffer.from('\ufeffemail;prenom;ville\n'),
      iconv.encode(line(1).repeat(20), 'windows-1252'),
    ])
    assert.equal((await inspected(bytes)).encoding, 'utf-8')
  })

  test('are Windows-1252 where the most of them are', async ({ assert }) => {
    const bytes = Buffer.concat([
      iconv.encode(`email;prenom;ville\n${line(1).repeat(20)}`, 'windows-1252'),
      Buffer.from('x@exemple.ci;Zoé;Man\n'),
    ])
    assert.equal((await inspected(bytes)).encoding, 'windows-1252')
  })
})

test.group('Kinds of files: what stands above the headings', () => {
  test('is left out and counted: {0}')
    .with([
      ['Contacts du 3 novembre\n\nE-mail;Ville\na@b.ci;Man\n', 1],
      ['Contacts du 3 novembre;;\n;;\nMagasin;Cocody;\nE-mail;Ville;Prénom\na@b.ci;Man;Awa\n', 2],
      ['Export\nGroupe,Clé\nnom,courriel\nAwa,a@b.ci\n', 2],
      ['\n\n\nemail;ville\na@b.ci;Man\n', 0],
      ['Mes clients\nemail\na@b.ci\nc@d.ci\n', 1],
    ] as const)
    .run(async ({ assert }, [text, above]) => {
      const file = await inspected(text)
      assert.equal(file.linesAbove, above)
      assert.isTrue(file.mapping.includes('email'))
      assert.isTrue(file.rows.every((row) => !row.some((cell) => /mail|courriel/i.test(cell))))
    })

  test('is proposed from address books, by their headings and by what stands below')
    .with([
      {
        headings:
          'First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value,Address 1 - City',
        row: 'Rokia,Bamba,* Work,rokia@exemple.ci,+225 05 05 12 34 56,Odienné',
        mapping: 'first_name last_name field:e_mail_1_label email phone city',
      },
      {
        headings: 'Prénom,Nom,Adresse de messagerie,Téléphone mobile,Ville (bureau)',
        row: 'Rokia,Bamba,rokia@exemple.ci,+2250505123456,Odienné',
        mapping: 'first_name last_name email phone city',
      },
      {
        headings: 'A,B,C',
        row: 'Rokia,rokia@exemple.ci,+225 05 05 12 34 56',
        mapping: 'field:a email phone',
      },
      {
        headings: 'E-mail,Adresse',
        row: 'Oui,rokia@exemple.ci',
        mapping: 'field:e_mail email',
      },
    ])
    .run(async ({ assert }, { headings, row, mapping }) => {
      const file = await inspected(`${headings}\n${row}\n`)
      assert.deepEqual([...file.mapping], mapping.split(' '))
    })

  test('alone is refused: nobody stands below', async ({ assert }) => {
    await assert.rejects(() => inspected('email;prenom;ville\n'), /headings and no row/)
    await assert.rejects(() => inspected('Mes clients\n\nemail;prenom\n;\n'), /headings and no row/)
  })
})

test.group('Kinds of files: our own exports', () => {
  test('guard what a spreadsheet would run, also after a comma, and read it back')
    .with([
      '+Awa',
      '=Abidjan',
      '-Jean',
      '@Bassam',
      "'=a",
      'x,=cmd()',
      'x; =1',
      '\t=1',
      '＝1',
      "''+a",
    ])
    .run(({ assert }, text) => {
      const cell = exportCell(text)
      assert.notMatch(cell.replaceAll('"', ''), /(?:^|[;,|\t\r\n])\s*[=+\-@＝]/)
      assert.equal(unguardCell(cell.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"')), text)
    })

  test('come back as they were, whatever is in a cell', ({ assert }) => {
    const text = fc.string({
      unit: fc.constantFrom('a', "'", '=', '+', '-', ',', ';', ' ', '"', '\n', '\t', '@'),
      maxLength: 10,
    })
    fc.assert(
      fc.property(text, (cell) => {
        const found: string[][] = []
        const records = new CsvRecords({
          separator: ';',
          width: 2,
          onRecord: (cells) => found.push(cells),
        })
        records.push(`${exportCell(cell)};z\n`)
        records.end()
        assert.equal(unguardCell(found[0]?.[0] ?? ''), cell)
      }),
      { numRuns: 2_000 }
    )
  })
})
