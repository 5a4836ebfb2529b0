import { test } from '@japa/runner'
import { readPrice } from '#core/billing/read_price'

const why = (text: string) => {
  try {
    readPrice({ text, currency: 'XOF' })
    return null
  } catch (error) {
    return (error as { translation: { key: string } }).translation.key
  }
}

test.group('readPrice', () => {
  test('reads a price with two decimals at most', ({ assert }) => {
    assert.equal(readPrice({ text: '12,5', currency: 'XOF' }), 12_500_000n)
    assert.equal(readPrice({ text: '12.55 F CFA', currency: 'XOF' }), 12_550_000n)
    assert.equal(readPrice({ text: '0', currency: 'XOF' }), 0n)
    assert.equal(readPrice({ text: '0,0125', currency: 'EUR' }), 1_250_000n)
  })

  test('refuses what is no price, less than nothing, or finer than two decimals', ({ assert }) => {
    assert.equal(why('gratuit'), 'billing.errors.rate_price')
    assert.equal(why('-1'), 'billing.errors.rate_price')
    assert.equal(why('12,5555'), 'billing.errors.rate_decimals')
  })
})
