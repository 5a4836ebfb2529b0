import { test } from '@japa/runner'
import { readAmount } from '#core/ledger/read_amount'

const read = (text: string, currency = 'XOF') => readAmount({ text, currency, field: 'amount' })

test.group('readAmount', () => {
  test('reads amounts as people type them', ({ assert }) => {
    assert.equal(read('50 000'), 50_000n)
    assert.equal(read('50\u202f000 F CFA'), 50_000n)
    assert.equal(read('12,50', 'EUR'), 1_250n)
  })

  test('refuses what is no amount, nothing, less than nothing and too much', ({ assert }) => {
    for (const [text, key] of [
      ['beaucoup', 'unreadable'],
      ['12,5', 'unreadable'],
      ['0', 'too_small'],
      ['-500', 'too_small'],
      ['9999999999999999999999', 'too_large'],
    ]) {
      try {
        read(text)
        assert.fail(`${text} was read`)
      } catch (error) {
        assert.equal(
          (error as { translation?: { key: string } }).translation?.key,
          `ledger.errors.amount_${key}`
        )
        assert.equal((error as { field?: string }).field, 'amount')
      }
    }
  })
})
