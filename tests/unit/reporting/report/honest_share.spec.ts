import { test } from '@japa/runner'
import { honestShare } from '#core/reporting/report/honest_share'

test.group('honestShare', () => {
  test('is all only when it is all, and none only when it is none', ({ assert }) => {
    assert.equal(honestShare(19_000, 19_001), 0.999)
    assert.equal(honestShare(1, 1_000_000), 0.001)
    assert.equal(honestShare(5, 5), 1)
    assert.equal(honestShare(0, 5), 0)
    assert.equal(honestShare(1, 4), 0.25)
  })

  test('has no share of nothing', ({ assert }) => {
    assert.isNull(honestShare(0, 0))
  })
})
