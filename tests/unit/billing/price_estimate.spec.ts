import { test } from '@japa/runner'
import fc from 'fast-check'
import { priceEstimate } from '#core/billing/price_estimate'
import { RateBook } from '#core/billing/rate_book'

const because = { fr: 'Un par contact', en: 'One a contact' }
const rates = new RateBook([
  { unit: 'sms.segment', prefix: '', fromUnits: 0n, priceMicro: 12_500_000n },
  { unit: 'sms.segment', prefix: '', fromUnits: 100n, priceMicro: 10_200_000n },
  { unit: 'sms.segment', prefix: '225', fromUnits: 0n, priceMicro: 14_000_000n },
])
const quantity = (minimum: number, expected: number, maximum: number, prefix = '') => ({
  unit: 'sms.segment',
  prefix,
  minimum,
  expected,
  maximum,
  because,
})

test.group('priceEstimate', () => {
  test('multiplies quantities by the rate card and rounds once', ({ assert }) => {
    const priced = priceEstimate({
      estimate: { quantities: [quantity(0, 3, 5), quantity(1, 1, 1, '22507')] },
      rates,
      currency: 'XOF',
    })
    assert.equal(priced.minimum, 14n)
    assert.equal(priced.expected, 52n)
    assert.equal(priced.maximum, 77n)
    assert.deepEqual(priced.unitPrices, {
      'sms.segment|': '12500000',
      'sms.segment|22507': '14000000',
    })
  })

  test('prices all three figures by the tier that the maximum reaches', ({ assert }) => {
    const priced = priceEstimate({
      estimate: { quantities: [quantity(0, 50, 100)] },
      rates,
      currency: 'XOF',
    })
    assert.equal(priced.expected, 510n)
    assert.equal(priced.maximum, 1_020n)
    assert.equal(priced.lines[0].priceMicro, '10200000')
  })

  test('names the unit and destination that have no price', ({ assert }) => {
    const estimate = { quantities: [{ ...quantity(1, 1, 1), unit: 'voice.minute', prefix: '237' }] }
    try {
      priceEstimate({ estimate, rates, currency: 'XAF' })
      assert.fail('it was priced')
    } catch (error) {
      assert.deepInclude(error as object, { code: 'E_PRICE_MISSING' })
      assert.deepEqual((error as { translation: { data: unknown } }).translation.data, {
        unit: 'voice.minute',
        prefix: '237',
        currency: 'XAF',
      })
    }
  })

  test('keeps minimum ≤ expected ≤ maximum, and no settled set of units passes the maximum', ({
    assert,
  }) => {
    const amounts = fc
      .tuple(fc.nat(5_000), fc.nat(5_000), fc.nat(5_000))
      .map((three) => three.sort((a, b) => a - b))
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 6 }), (lines) => {
        const priced = priceEstimate({
          estimate: { quantities: lines.map(([a, b, c]) => quantity(a, b, c)) },
          rates,
          currency: 'XOF',
        })
        assert.isTrue(priced.minimum <= priced.expected && priced.expected <= priced.maximum)
      })
    )
  })
})
