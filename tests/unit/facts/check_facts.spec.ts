import { test } from '@japa/runner'
import { checkFacts } from '#core/facts/check_facts'

const now = new Date('2026-11-28T10:00:00Z')
const fact = { kind: 'receipt', id: 'f1', at: now, of: { providerKey: 'k1' }, is: 'delivered' }
const checked = (facts: unknown) => checkFacts({ pluginId: 'p', facts, now })

test.group('Facts of a plugin', () => {
  test('keep what the contract knows, and nothing else', ({ assert }) => {
    assert.deepEqual(
      checked([{ ...fact, endpoint: 'a', accountId: 'x', of: { providerKey: 'k', runId: 1 } }]),
      [
        {
          kind: 'receipt',
          id: 'f1',
          at: now,
          endpoint: 'a',
          of: { providerKey: 'k' },
          is: 'delivered',
          permanent: false,
        },
      ] as never
    )
  })

  test('name their subject by what is a name of the two', ({ assert }) => {
    for (const providerKey of [undefined, null, 7, '', 'a\0'])
      assert.deepEqual(checked([{ ...fact, of: { providerKey, deliveryId: '7.1' } }])[0], {
        ...fact,
        of: { deliveryId: '7.1' },
        permanent: false,
      } as never)
  })

  test('of a clock that is ahead happen now', ({ assert }) => {
    const at = new Date('2027-01-01T00:00:00Z')
    assert.deepEqual(checked([{ ...fact, at }])[0].at, now)
    const early = new Date('2026-11-27T00:00:00Z')
    assert.deepEqual(checked([{ ...fact, at: early }])[0].at, early)
  })

  test('are refused all together when one is none: {what}')
    .with([
      { what: 'no list', facts: 'x', says: /takes a list/ },
      { what: 'too many', facts: new Array(1_001).fill(fact), says: /1001 facts/ },
      { what: 'null', facts: [fact, null], says: /facts\[1\]: id/ },
      { what: 'no id', facts: [{ ...fact, id: '' }], says: /facts\[0\]: id/ },
      { what: 'a long id', facts: [{ ...fact, id: 'x'.repeat(201) }], says: /id must be/ },
      { what: 'a NUL', facts: [{ ...fact, id: 'a\0b' }], says: /id must be/ },
      { what: 'half a character', facts: [{ ...fact, id: 'a\ud800' }], says: /id must be/ },
      { what: 'a text for a date', facts: [{ ...fact, at: '2026' }], says: /at must be/ },
      { what: 'no date', facts: [{ ...fact, at: new Date(Number.NaN) }], says: /at must be/ },
      { what: 'another kind', facts: [{ ...fact, kind: 'constructor' }], says: /no kind/ },
      { what: 'another receipt', facts: [{ ...fact, is: 'toString' }], says: /cannot be/ },
      { what: 'no subject', facts: [{ ...fact, of: {} }], says: /of must name/ },
      { what: 'a number', facts: [{ ...fact, of: { providerKey: 7 } }], says: /of must name/ },
      { what: 'units of a half', facts: [{ ...fact, units: { s: 0.5 } }], says: /units must/ },
      { what: 'units below 0', facts: [{ ...fact, units: { s: -1 } }], says: /units must/ },
      { what: 'an endpoint of one NUL', facts: [{ ...fact, endpoint: '\0' }], says: /endpoint/ },
    ])
    .run(({ assert }, { facts, says }) => {
      assert.throws(() => checked(facts), says)
    })
})
