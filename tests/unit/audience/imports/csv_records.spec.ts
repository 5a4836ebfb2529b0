import { test } from '@japa/runner'
import fc from 'fast-check'
import { CsvRecords, type RecordFlaw } from '#core/audience/imports/csv_records'

type Read = { cells: string[]; flaw: RecordFlaw | null; line: number }

/** Gives the text in pieces of a size, so that every construct is cut somewhere */
function read(text: string, size = text.length || 1, width = 2): Read[] {
  const found: Read[] = []
  const separator = ';'
  const records = new CsvRecords({
    separator,
    width,
    onRecord: (cells, flaw, line) => found.push({ cells, flaw, line }),
  })
  for (let at = 0; at < text.length; at += size) records.push(text.slice(at, at + size))
  records.end()
  return found
}
const cells = (text: string, size?: number) => read(text, size).map((record) => record.cells)

test.group('CsvRecords', () => {
  test('reads quotes, doubled quotes, separators and line breaks in cells', ({ assert }) => {
    const text = 'a;"b;1";"c ""x"""\r\n"l1\nl2";;z\n'
    const expected = [
      ['a', 'b;1', 'c "x"'],
      ['l1\nl2', '', 'z'],
    ]
    for (let size = 1; size <= text.length; size++)
      assert.deepEqual(cells(text, size), expected, `pieces of ${size}`)
  })

  test('reads back whatever was written by the rules, however it is cut', ({ assert }) => {
    const cell = fc.string({
      unit: fc.constantFrom('a', ';', '"', '\n', '\r', ' ', 'é'),
      maxLength: 8,
    })
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (table, size) => {
        const text = table
          .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(';'))
          .join('\r\n')
        assert.deepEqual(cells(text, size), table)
      }),
      { numRuns: 300 }
    )
  })

  test('takes a quote in the middle of a cell as it stands', ({ assert }) => {
    assert.deepEqual(cells('5" tube;x\n"a"b;c\n'), [
      ['5" tube', 'x'],
      ['ab', 'c'],
    ])
  })

  test('spoils one line only when a quote is never closed', ({ assert }) => {
    const found = read('a;b\nc;"open\nd;e\nf;g')
    assert.deepEqual(
      found.map((record) => record.cells),
      [
        ['a', 'b'],
        ['c', '"open'],
        ['d', 'e'],
        ['f', 'g'],
      ]
    )
    assert.equal(found[1]?.flaw, 'unclosed_quote')
  })

  test('leaves out blanks around quotes, and keeps those within', ({ assert }) => {
    assert.deepEqual(cells('a; "b;1" ;\t"c" \n  "d";"e" x; f\n', 3), [
      ['a', 'b;1', 'c'],
      ['d', 'e x', ' f'],
    ])
  })

  test('names one line when a forgotten quote would swallow rows below it', ({ assert }) => {
    const row = (n: number) => `l${n}@exemple.ci;Yao${n};Soubré`
    const lines = Array.from({ length: 20 }, (_, n) => row(n + 1))
    lines[4] = 'l5@exemple.ci;"Yao;Soubré'
    lines[11] = 'l12@exemple.ci;Yao";Soubré'
    lines[15] = 'l16@exemple.ci;"Yao;Soubré'
    lines[16] = 'l17@exemple.ci;Yao";Soubré'
    const text = `${lines.join('\n')}\n`
    for (const size of [1, 7, 64, text.length]) {
      const found = read(text, size, 3)
      assert.lengthOf(found, 20)
      assert.deepEqual(
        found.filter((one) => one.flaw).map((one) => one.line),
        [5, 16]
      )
      assert.deepEqual(found[11]?.cells, ['l12@exemple.ci', 'Yao"', 'Soubré'])
    }
  })

  test('keeps a note of several lines in its cell, and knows the line of what follows', ({
    assert,
  }) => {
    const text =
      'a@b.ci;"Rue 12\nCocody\n\nAbidjan";x\n"p\nq";b@b.ci;y\nc@b.ci;z;"1\n2"\nd@b.ci;;\n'
    for (let size = 1; size <= text.length; size++) {
      const found = read(text, size, 3)
      assert.deepEqual(
        found.map((one) => [one.cells[0], one.line, one.flaw]),
        [
          ['a@b.ci', 1, null],
          ['p\nq', 5, null],
          ['c@b.ci', 7, null],
          ['d@b.ci', 9, null],
        ]
      )
    }
  })

  test('goes on after an unclosed quote in the middle of a large file', ({ assert }) => {
    const tail = 'x;y\n'.repeat(600_000)
    const found = read(`h;i\nbad;"open\n${tail}`, 65_536)
    assert.lengthOf(found, 600_002)
  })

  test('skips a line that is longer than memory should hold', ({ assert }) => {
    const records: Read[] = []
    const reader = new CsvRecords({
      separator: ';',
      width: 2,
      onRecord: (one, flaw, line) => records.push({ cells: one, flaw, line }),
    })
    reader.push('a;b\n')
    for (let piece = 0; piece < 64; piece++) reader.push('x'.repeat(262_144))
    reader.push('\nc;d\n')
    reader.end()
    assert.deepEqual(
      records.map((record) => record.flaw),
      [null, 'too_long', null]
    )
    assert.deepEqual(records[2]?.cells, ['c', 'd'])
  })

  test('counts no record for an empty line', ({ assert }) => {
    assert.deepEqual(cells('a;b\n\n\r\nc;d\n\n'), [
      ['a', 'b'],
      ['c', 'd'],
    ])
  })
})
