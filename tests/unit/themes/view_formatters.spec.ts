import { test } from '@japa/runner'
import { parseMoney, parsePrice } from '#core/http/forms/parse_money'
import { viewFormatters } from '#core/http/pages/view_formatters'

const now = new Date('2026-11-22T09:05:00Z')
const fr = viewFormatters({ locale: 'fr', timeZone: 'Africa/Abidjan', now: () => now })
const en = viewFormatters({ locale: 'en', timeZone: 'Africa/Abidjan', now: () => now })

/** Every kind of space as an ordinary one */
const plain = (text: string) => text.replace(/\s/g, ' ')

test.group('Formatters', () => {
  test('shows XOF without decimals', ({ assert }) => {
    assert.equal(plain(fr.money(182520n, 'XOF')), '182 520 F CFA')
    assert.equal(plain(fr.money(9007199254740993n, 'XOF')), '9 007 199 254 740 993 F CFA')
  })

  test('shows EUR with two', ({ assert }) => {
    assert.equal(plain(fr.money(-12345n, 'EUR')), '-123,45 €')
    assert.equal(en.money(12345n, 'EUR'), '€123.45')
  })

  test('shows a unit price finer than the minor unit', ({ assert }) => {
    assert.equal(plain(fr.price(12_500_000n, 'XOF')), '12,5 F CFA')
    assert.equal(plain(fr.price(450_000n, 'EUR')), '0,0045 €')
  })

  test('tells dates with the city of their zone', ({ assert }) => {
    assert.equal(plain(fr.datetime(now, 'Africa/Douala')), '22 nov. 2026, 10:05 (Douala)')
  })

  test('tells the distance within a day only', ({ assert }) => {
    assert.equal(plain(fr.ago(new Date('2026-11-22T08:53:00Z'))), 'il y a 12 min')
    assert.equal(plain(fr.ago(new Date('2026-11-20T09:05:00Z'))), '20 nov. 2026')
  })

  test('names countries, languages and currencies', ({ assert }) => {
    assert.equal(fr.country('CI').replace('’', "'"), "Côte d'Ivoire")
    assert.equal(en.country('SN'), 'Senegal')
    assert.equal(fr.language('fr'), 'Français')
    assert.match(fr.currencyName('XAF'), /^Franc CFA/)
    assert.deepEqual([fr.country(null), fr.country('nowhere')], ['–', 'nowhere'])
  })

  test('gives a dash for nothing', ({ assert }) => {
    assert.deepEqual([fr.money(null, 'XOF'), fr.date(null), fr.percent(1, 0)], ['–', '–', '–'])
  })

  for (const [text, currency, minor] of [
    ['182 520', 'XOF', 182520n],
    ['182\u202F520 F CFA', 'XOF', 182520n],
    ['182,520', 'XOF', 182520n],
    ['1.234.567', 'XOF', 1234567n],
    ['1250,5', 'EUR', 125050n],
    ['1,250.50', 'EUR', 125050n],
    ['-3', 'XOF', -3n],
  ] as const) {
    test(`reads ${JSON.stringify(text)} as ${minor} in ${currency}`, ({ assert }) => {
      assert.equal(parseMoney(text, currency), minor)
    })
  }

  for (const text of ['', 'abc', '12,5', '1 2 x', '1e9', '0x10']) {
    test(`refuses ${JSON.stringify(text)} as an amount in XOF`, ({ assert }) => {
      assert.throws(() => parseMoney(text, 'XOF'), /is not an amount/)
    })
  }

  test('reads a price in micro-units', ({ assert }) => {
    assert.equal(parsePrice('12,5', 'XOF'), 12_500_000n)
  })
})
