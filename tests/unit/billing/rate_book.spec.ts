import { test } from '@japa/runner'
import { RateBook } from '#core/billing/rate_book'

const book = new RateBook([
  { unit: 'sms.segment', prefix: '', fromUnits: 0n, priceMicro: 30_000_000n },
  { unit: 'sms.segment', prefix: '225', fromUnits: 0n, priceMicro: 15_000_000n },
  { unit: 'sms.segment', prefix: '225', fromUnits: 1_000n, priceMicro: 12_500_000n },
  { unit: 'sms.segment', prefix: '22507', fromUnits: 0n, priceMicro: 14_000_000n },
  { unit: 'email.message', prefix: '', fromUnits: 100n, priceMicro: 2_000_000n },
])
const price = (prefix: string, units: number, unit = 'sms.segment') =>
  book.priceOf({ unit, prefix, units })

test.group('RateBook', () => {
  test('takes the longest prefix that matches', ({ assert }) => {
    assert.equal(price('2250701', 10), 14_000_000n)
    assert.equal(price('22501', 10), 15_000_000n)
    assert.equal(price('33', 10), 30_000_000n)
    assert.equal(price('', 10), 30_000_000n)
  })

  test('takes the tier that the quantity reaches', ({ assert }) => {
    assert.equal(price('22501', 999), 15_000_000n)
    assert.equal(price('22501', 1_000), 12_500_000n)
  })

  test('does not borrow a tier from a shorter prefix', ({ assert }) => {
    assert.equal(price('22507', 5_000), 14_000_000n)
  })

  test('has no price below the first tier, nor for a unit it does not know', ({ assert }) => {
    assert.isNull(price('', 99, 'email.message'))
    assert.equal(price('', 100, 'email.message'), 2_000_000n)
    assert.isNull(price('', 100, 'voice.minute'))
  })
})
