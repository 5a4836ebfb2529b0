import { test } from '@japa/runner'
import { countOf, describeReasons, leftOut } from '#core/campaigns/overview/left_out'

test.group('Contacts of a run who were left out', () => {
  test('are excluded for their will or a rule, or were no longer sent to', ({ assert }) => {
    const { excluded, unsent } = leftOut({
      suppressed: 2,
      cancelled: 40,
      unconsented: 5,
      duplicate: 0,
      deadline: 1,
    })
    assert.deepEqual(excluded, [
      { reason: 'unconsented', count: 5 },
      { reason: 'suppressed', count: 2 },
    ])
    assert.deepEqual(unsent, [
      { reason: 'cancelled', count: 40 },
      { reason: 'deadline', count: 1 },
    ])
    assert.equal(countOf(excluded) + countOf(unsent), 48)
  })

  test('are told with each reason and its number', ({ assert }) => {
    const t = (key: string, data?: Record<string, unknown>) =>
      data ? `${data.reason} = ${data.count}` : key
    assert.equal(
      describeReasons({ reasons: leftOut({ suppressed: 2, unconsented: 5 }).excluded, t }),
      'campaigns.excluded.unconsented = 5 · campaigns.excluded.suppressed = 2'
    )
    assert.equal(describeReasons({ reasons: [], t }), '')
  })
})
