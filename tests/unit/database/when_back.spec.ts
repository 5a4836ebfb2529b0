import { test } from '@japa/runner'
import { isAway, retryWhenAway } from '#core/database/retry_when_away'

/** As pg gives it: what the server said has a severity, a broken connection has none */
const said = (code: string) => Object.assign(new Error(code), { code, severity: 'ERROR' })
const broken = new Error('Connection terminated unexpectedly')

test.group('Waiting for Postgres', () => {
  test('tells a server that is away from a question that is wrong', ({ assert }) => {
    for (const error of [
      broken,
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      said('57P01'),
      said('57P03'),
      said('40P01'),
      said('53300'),
      said('08006'),
    ])
      assert.isTrue(isAway(error), error.message)
    for (const error of [
      said('23505'),
      said('42703'),
      said('57014'),
      said('LG409'),
      new Error('no'),
    ])
      assert.isFalse(isAway(error), error.message)
  })

  test('does the work again until it is done, and gives a wrong question up at once', async ({
    assert,
  }) => {
    let asked = 0
    const work = async () => {
      asked += 1
      if (asked < 3) throw broken
      return 'done'
    }
    assert.equal(await retryWhenAway('a test', work), 'done')
    assert.equal(asked, 3)

    asked = 0
    await assert.rejects(
      () =>
        retryWhenAway('a test', async () => {
          asked += 1
          throw said('23505')
        }),
      '23505'
    )
    assert.equal(asked, 1)
  })
})
