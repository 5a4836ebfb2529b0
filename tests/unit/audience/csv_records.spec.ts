import { test } from '@japa/runner'
import fc from 'fast-check'
import { CsvRecords, type RecordFlaw } from '#core/audience/csv_records'

type Read = { cells: string[]; flaw: RecordFlaw | null }

/** Gives the text in pieces of a size, so that every construct is cut somewhere */
function read(text: string, size = text.length || 1, separator = ';'): Read[] {
  const found: Read[] = []
  const records = new CsvRecords(separator, (cells, flaw) => found.push({ cells, flaw }))
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

  test('goes on after an unclosed quote in the middle of a large file', ({ assert }) => {
    const tail = 'x;y\n'.repeat(600_000)
    const found = read(`h;i\nbad;"open\n${tail}`, 65_536)
    assert.lengthOf(found, 600_002)
  })

  test('skips a line that is longer than memory should hold', ({ assert }) => {
    const records: Read[] = []
    const reader = new CsvRecords(';', (one, flaw) => records.push({ cells: one, flaw }))
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
