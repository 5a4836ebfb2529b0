import { test } from '@japa/runner'
import { csvLine } from '#core/http/csv/csv_line'
import { fileName } from '#core/reporting/report/file_name'

test.group('csvLine', () => {
  test('makes text safe against formulas and leaves numbers bare', ({ assert }) => {
    assert.equal(
      csvLine(['=HYPERLINK("x")', '@sum', '+1', -1_200n, 0, null]),
      `"'=HYPERLINK(""x"")";'@sum;'+1;-1200;0;\r\n`
    )
  })

  test('quotes separators, quotes and line ends', ({ assert }) => {
    assert.equal(
      csvLine(['a;b', 'say "yes"', 'two\nlines']),
      '"a;b";"say ""yes""";"two\nlines"\r\n'
    )
  })
})

test.group('fileName', () => {
  test('keeps letters, digits and dashes only', ({ assert }) => {
    assert.equal(fileName('rapport', 'Soldes d’été « 50 % »'), 'rapport-soldes-d-ete-50')
    assert.equal(fileName('rapport', '../../etc/passwd"\r\n'), 'rapport-etc-passwd')
    assert.equal(fileName('rapport', 'ⴰⴱ'), 'rapport')
  })
})
