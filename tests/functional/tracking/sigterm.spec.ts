import { test } from '@japa/runner'
import { APP_ROOT } from '#core/database/app_root'
import { freePort } from '#core/database/server/embedded_postgres'
import { sql } from '#core/database/sql'
import { signToken } from '#core/tracking/links/token'
import { startChild, stopChild } from '#start/child_processes'
import { aSentRun, PHONE } from './tracking_kit.js'

test.group('A web process that is asked to end', () => {
  test('answers what was asked and writes what it holds', async ({ assert }) => {
    const run = await aSentRun()
    const port = await freePort()
    const web = await startChild({
      root: APP_ROOT,
      name: 'web',
      script: 'bin/server',
      env: { ...process.env, NODE_ENV: 'development', PORT: String(port), HOST: '127.0.0.1' },
      quiet: true,
    })
    const trackingEvents = 40
    const replies = await Promise.all(
      Array.from({ length: trackingEvents }, (_, n) =>
        fetch(
          `http://127.0.0.1:${port}/c/${signToken('click', { runId: run, seq: 1 + (n % 20), link: 0 })}`,
          { redirect: 'manual', headers: { 'user-agent': PHONE } }
        )
      )
    )
    /** At once: the buffer has had no time to write by itself */
    await stopChild(web)
    assert.isTrue(replies.every((reply) => reply.status === 302))
    const [{ kept }] = await sql<{ kept: number }>(
      'select count(*)::int kept from events where run_id = $1',
      [run]
    )
    assert.equal(kept, trackingEvents)
  }).timeout(60_000)
})
