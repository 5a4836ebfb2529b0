import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import { addJob } from '#core/jobs/add_job'
import { runWorker } from '#core/jobs/run_worker'
import { tasks, TaskRegistry } from '#core/jobs/task_registry'
import { sql } from '#core/database/sql'

declare global {
  namespace GraphileWorker {
    interface Tasks {
      'tests.prompt': Record<string, never>
      'tests.ordinary': Record<string, never>
    }
  }
}

test.group('Lanes of a worker', (group) => {
  group.each.teardown(async () => {
    await sql(`delete from graphile_worker._private_jobs where key like 'lanes:%'`)
  })

  test('keep long tasks of plugins from delaying an import, a schedule or the sending', async ({
    assert,
  }) => {
    const registered = tasks.all().find((task) => task.name === 'plugins.task')
    assert.equal(registered?.lane, 'plugins')

    let long = 0
    const done: string[] = []
    const over = new AbortController()
    const registry = new TaskRegistry()
      .add({
        ...registered!,
        handler: async () => {
          long += 1
          await sleep(30_000, undefined, { signal: over.signal }).catch(() => undefined)
        },
      })
      .add({ name: 'tests.ordinary', handler: async () => void done.push('ordinary') })
      .add({
        name: 'tests.prompt',
        handler: async () => void done.push('prompt'),
        lane: 'prompt',
      })
    const payload = { pluginId: 'x', task: 'long', payload: {} }
    for (let n = 0; n < 20; n++) await addJob('plugins.task', payload, { key: `lanes:${n}` })
    const worker = await runWorker({ heldFlags: () => [], registry })
    try {
      while (long === 0) await sleep(20)
      await addJob('tests.ordinary', {}, { key: 'lanes:ordinary' })
      await addJob('tests.prompt', {}, { key: 'lanes:prompt' })
      const begun = Date.now()
      while (done.length < 2 && Date.now() - begun < 10_000) await sleep(20)
      assert.sameMembers(done, ['ordinary', 'prompt'])
      assert.isAtMost(long, 2)
    } finally {
      over.abort()
      await worker.stop()
    }
  }).timeout(30_000)
})
