import { test } from '@japa/runner'
import { spawn, type ChildProcess } from 'node:child_process'
import pg from 'pg'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, startThrowAwayPostgres } from '#core/database/server/embedded_postgres'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Runs a command of ours to its end */
async function ran(folder: string, args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, ['ace', ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return { code: await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1))), said }
}

async function stopped(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  return ended
}

test.group('The production build', () => {
  test('is built, migrates, serves pages, runs jobs and ends on SIGTERM', async ({ assert }) => {
    const built = await ran(root, ['build'], { ...process.env, NODE_ENV: 'development' })
    assert.equal(built.code, 0, built.said)

    const postgres = await startThrowAwayPostgres()
    const port = await freePort()
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      APP_KEY: 'a key of at least thirty-two characters',
      DATABASE_URL: postgres.url,
      GRIOT_DATA: mkdtempSync(join(tmpdir(), 'griot-build-')),
      HOST: '127.0.0.1',
      PORT: String(port),
      APP_URL: `http://127.0.0.1:${port}`,
      LOG_LEVEL: 'error',
    }
    const folder = join(root, 'build')
    const children: ChildProcess[] = []
    try {
      const migrated = await ran(folder, ['migrate'], env)
      assert.equal(migrated.code, 0, migrated.said)
      const seeded = await ran(folder, ['seed:installation'], env)
      assert.equal(seeded.code, 0, seeded.said)

      const web = spawn(process.execPath, ['ace', 'serve:web'], { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] })
      const worker = spawn(process.execPath, ['ace', 'serve:worker'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
      children.push(web, worker)
      let workerSaid = ''
      worker.stdout?.on('data', (chunk: Buffer) => (workerSaid += chunk.toString()))

      let page = ''
      for (let tries = 0; tries < 300 && !page.includes('Griot'); tries++) {
        page = await fetch(`http://127.0.0.1:${port}/`).then(
          (reply) => reply.text(),
          () => ''
        )
        if (!page) await sleep(200)
      }
      assert.include(page, '<html lang="fr"')
      const style = /href="(\/assets\/[^"]+\.css)"/.exec(page)?.[1]
      assert.equal((await fetch(`http://127.0.0.1:${port}${style}`)).status, 200)
      assert.equal((await fetch(`http://127.0.0.1:${port}/admin/_components`, { redirect: 'manual' })).status, 404)
      for (let tries = 0; tries < 300 && !workerSaid.includes('ready'); tries++) await sleep(200)
      assert.include(workerSaid, 'ready')

      /** An error that nobody foresaw: its page gives a reference, and the command finds what happened */
      const database = new pg.Client({ connectionString: postgres.url })
      await database.connect()
      await database.query('alter table services rename to services_away')
      await database.end()
      const broken = await fetch(`http://127.0.0.1:${port}/services`)
      assert.equal(broken.status, 500)
      const reference = /[0-9a-f]{8}-[0-9a-f-]{27}|[a-z0-9]{20,}/.exec(
        (await broken.text()).split('error-reference')[1] ?? ''
      )?.[0]
      assert.isString(reference)
      let logged = { code: 1, said: '' }
      for (let tries = 0; tries < 20 && logged.code !== 0; tries++) {
        logged = await ran(folder, ['log', String(reference)], env)
        if (logged.code !== 0) await sleep(250)
      }
      assert.match(logged.said, /relation \\?"services\\?" does not exist/)
      assert.equal((await ran(folder, ['log', 'nobody-knows-this'], env)).code, 1)

      assert.equal(await stopped(worker), 0)
      assert.equal(await stopped(web), 0)
    } finally {
      for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await postgres.stop()
    }
  }).timeout(240_000)
})
