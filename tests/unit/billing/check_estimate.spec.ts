import { test } from '@japa/runner'
import { checkEstimate } from '#core/billing/check_estimate'

const because = { fr: 'Un par contact', en: 'One a contact' }
const good = { unit: 'email.message', minimum: 0, expected: 10, maximum: 10, because }
const check = (...quantities: unknown[]) => checkEstimate({ quantities }, ['email.message'])

test.group('checkEstimate', () => {
  test('lets a whole estimate pass', ({ assert }) => {
    assert.deepEqual(check(good, { ...good, prefix: '225' }).quantities.length, 2)
    assert.deepEqual(checkEstimate({ quantities: [] }, []).quantities, [])
  })

  for (const [name, wrong] of Object.entries({
    'a unit that the channel does not declare': { ...good, unit: 'email.stamp' },
    'a fraction': { ...good, expected: 1.5 },
    'a negative quantity': { ...good, minimum: -1 },
    'a minimum above the expected': { ...good, minimum: 11 },
    'an expected above the maximum': { ...good, expected: 11 },
    'infinity': { ...good, maximum: Number.POSITIVE_INFINITY },
    'a number too large to be exact': { ...good, maximum: 2 ** 60 },
    'a prefix with letters': { ...good, prefix: '225x' },
    'a line that explains itself in one language': { ...good, because: { fr: 'Un par contact' } },
  })) {
    test(`refuses ${name}`, ({ assert }) => {
      assert.throws(() => check(wrong))
    })
  }

  test('refuses what is no estimate at all', ({ assert }) => {
    for (const answer of [null, undefined, 'ten', [], { quantities: null }])
      assert.throws(() => checkEstimate(answer, ['email.message']))
  })
})
