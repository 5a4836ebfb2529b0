import { test } from '@japa/runner'
import fc from 'fast-check'
import { MICRO, roundMicro } from '#core/ledger/money'

test.group('roundMicro', () => {
  test('rounds half up', ({ assert }) => {
    assert.equal(roundMicro(0n), 0n)
    assert.equal(roundMicro(499_999n), 0n)
    assert.equal(roundMicro(500_000n), 1n)
    assert.equal(roundMicro(12_500_000n), 13n)
    assert.equal(roundMicro(12_499_999n), 12n)
  })

  test('gives the same sum however the work is cut into chunks', ({ assert }) => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 50n * MICRO }), { maxLength: 60 }),
        (costs) => {
          let micro = 0n
          let captured = 0n
          for (const cost of costs) {
            micro += cost
            captured += roundMicro(micro) - captured
          }
          assert.equal(captured, roundMicro(costs.reduce((sum, cost) => sum + cost, 0n)))
        }
      )
    )
  })
})
