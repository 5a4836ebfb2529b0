import { createServer } from 'node:net'
import { test } from '@japa/runner'
import { freePort } from '#core/database/server/embedded_postgres'
import { readPort, refuseTakenPort } from '#start/refuse_taken_port'

test.group('Ports', () => {
  test('refuses a port that somebody listens on, and says how to choose another', async ({
    assert,
    cleanup,
  }) => {
    const port = await freePort()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    cleanup(() => new Promise((resolve) => other.close(() => resolve())))
    await assert.rejects(
      () => refuseTakenPort({ setting: 'PORT', port, host: '127.0.0.1' }),
      new RegExp(`^Port ${port} is taken: .*PORT=${port + 1} npm start$`)
    )
  })

  test('lets a free port pass, and leaves it free', async ({ assert }) => {
    const port = await freePort()
    await refuseTakenPort({ setting: 'PORT', port, host: '127.0.0.1' })
    await assert.doesNotReject(() => refuseTakenPort({ setting: 'PORT', port, host: '127.0.0.1' }))
  })

  test('reads ports, and nothing else', ({ assert }) => {
    assert.equal(readPort('PORT', '3333'), 3333)
    for (const value of ['abc', '', '0', '70000', '33.5', undefined])
      assert.throws(() => readPort('PORT', value), /a port is a number from 1 to 65535/)
  })
})
