import { test } from '@japa/runner'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFlags, type Flags } from '#core/flags/flags'
import { BACKEND_TOKEN, startFlagServer } from './flag_server.js'

const FLAG = 'griot.trial'
const seedFile = new URL('../../../config/flags.json', import.meta.url)
const folder = () => mkdtempSync(join(tmpdir(), 'griot-flags-'))
const accounts = Array.from({ length: 500 }, (_, n) => `account-${n}`)
const enabled = (flags: Flags) => accounts.filter((account) => flags.isEnabled(FLAG, account))

/** Waits until the client has seen a change */
async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !condition(); tries++) await sleep(100)
}

test.group('Flags without a server', () => {
  test('answer from the flags of the package, off for what is not there', async ({ assert }) => {
    const flags = await openFlags({ seedFile, folder: folder() })
    assert.isTrue(flags.isEnabled('griot.campaigns', 'account-1'))
    assert.isFalse(flags.isEnabled('griot.unheard_of', 'account-1'))
    await flags.close()
  })
})

test.group('Flags with a real server', (group) => {
  let server: Awaited<ReturnType<typeof startFlagServer>>
  const environment = `/projects/default/features/${FLAG}/environments/development`
  let strategy = ''
  const rollout = (percent: number) => ({
    name: 'flexibleRollout',
    parameters: { rollout: String(percent), stickiness: 'accountId', groupId: FLAG },
    constraints: [],
  })

  group.setup(async () => {
    server = await startFlagServer()
    await server.admin('POST', '/context', { name: 'accountId', stickiness: true })
    await server.admin('POST', '/projects/default/features', { name: FLAG, type: 'release' })
    strategy = String((await server.admin('POST', `${environment}/strategies`, rollout(30))).id)
    await server.admin('POST', `${environment}/on`)
    return () => server.stop()
  })

  test('roll out gradually by account, and nobody loses what they had', async ({ assert }) => {
    const flags = await openFlags({
      url: server.url,
      token: BACKEND_TOKEN,
      refreshMs: 500,
      seedFile,
      folder: folder(),
    })
    await until(() => enabled(flags).length > 0)
    const first = enabled(flags)
    assert.isAbove(first.length, 100)
    assert.isBelow(first.length, 200)

    await server.admin('PUT', `${environment}/strategies/${strategy}`, rollout(60))
    await until(() => enabled(flags).length > first.length)
    const more = enabled(flags)
    assert.isAbove(more.length, 240)
    assert.includeMembers(more, first)
    await flags.close()
  }).timeout(90_000)

  test('hold the last known flags when the server is gone at the next start', async ({
    assert,
  }) => {
    const kept = folder()
    const before = await openFlags({
      url: server.url,
      token: BACKEND_TOKEN,
      refreshMs: 500,
      seedFile,
      folder: kept,
    })
    await until(() => enabled(before).length > 0)
    const known = enabled(before)
    await sleep(500)
    await before.close()

    await server.halt()
    const after = await openFlags({
      url: server.url,
      token: BACKEND_TOKEN,
      refreshMs: 500,
      seedFile,
      folder: kept,
    })
    assert.deepEqual(enabled(after), known)
    await after.close()
    await server.restart()
  }).timeout(90_000)

  test('go off within two seconds of the kill switch', async ({ assert }) => {
    const flags = await openFlags({
      url: server.url,
      token: BACKEND_TOKEN,
      refreshMs: 500,
      seedFile,
      folder: folder(),
    })
    await until(() => enabled(flags).length > 0)
    await server.admin('POST', `${environment}/off`)
    const started = Date.now()
    await until(() => enabled(flags).length === 0)
    assert.isBelow(Date.now() - started, 2_000)
    await flags.close()
  }).timeout(90_000)
})
