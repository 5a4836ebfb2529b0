import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort, startThrowAwayPostgres } from '#core/database/server/embedded_postgres'
import { buildWhenStale } from '../build_when_stale.js'
import { entry, runCommand, startChild, stopChild, type Child } from '../child_processes.js'

type Options = { root: URL; contacts: string; template: string | null; json: boolean }

/**
 * Brings up what the main job needs, apart from anything else on this machine: a throw-away database, the Sandbox, a web
 * process and a worker, each a process of its own and from a build, as in production; then follows one campaign through all of it, and takes it down.
 *
 * @returns the exit code: 0 when every sum closes
 */
export async function runMainJob(o: Options): Promise<number> {
  for (const file of [o.contacts, o.template]) {
    if (file !== null && !existsSync(resolve(process.env.INIT_CWD ?? process.cwd(), file))) {
      process.stderr.write(
        `${file} is not there. Give --contacts a CSV file${o.template ? ' and --template an MJML file' : ''} that exist.\n`
      )
      return 1
    }
  }
  const absolute = (file: string) => resolve(process.env.INIT_CWD ?? process.cwd(), file)

  const root = await buildWhenStale({
    root: o.root,
    say: (line) => process.stderr.write(`${line}\n`),
  })
  const folder = mkdtempSync(join(tmpdir(), 'griot-main-job-'))
  const postgres = await startThrowAwayPostgres()
  const children: Child[] = []
  let ending: Promise<void> | null = null
  const end = () =>
    (ending ??= (async () => {
      for (const child of children.reverse()) await stopChild(child)
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    })())
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void end().then(() => process.exit(1)))

  try {
    const port = String(await freePort())
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: port,
      APP_URL: `http://127.0.0.1:${port}`,
      DATABASE_URL: postgres.url,
      GRIOT_DATA: folder,
      SANDBOX: 'true',
      SANDBOX_SMTP_PORT: String(await freePort()),
      SESSION_DRIVER: 'database',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
    }
    const start = async (
      name: string,
      script: 'bin/server' | 'bin/console',
      args: string[] = []
    ) => {
      const child = await startChild({
        root,
        name,
        script,
        args,
        env,
        quiet: !process.env.MAIN_JOB_LOGS,
      })
      children.push(child)
      void child.ended.then((code) => {
        if (ending) return
        process.stderr.write(
          `The ${name} process ended by itself, code ${code}. The job cannot go on.\n`
        )
        void end().then(() => process.exit(1))
      })
      return child
    }

    await runCommand({ root, args: ['migrate'], env })
    await start('sandbox', 'bin/console', ['serve:sandbox'])
    await runCommand({ root, args: ['seed:installation'], env })
    const [worker] = await Promise.all([
      start('worker', 'bin/console', ['serve:worker']),
      start('web', 'bin/server'),
    ])

    return await follow({
      ...o,
      root,
      contacts: absolute(o.contacts),
      template: o.template && absolute(o.template),
      env: { ...env, MAIN_JOB_WORKER: String(worker.process.pid) },
    })
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 1
  } finally {
    await end()
  }
}

/** The job itself needs the application, so it is a command of its own, started when its database is there */
function follow(o: Options & { env: NodeJS.ProcessEnv }): Promise<number> {
  const { file, execArgv } = entry(o.root, 'bin/console')
  const args = [
    'main-job:follow',
    '--contacts',
    o.contacts,
    ...(o.template ? ['--template', o.template] : []),
    ...(o.json ? ['--json'] : []),
  ]
  const child = fork(file, args, {
    cwd: fileURLToPath(o.root),
    env: o.env,
    execArgv,
    stdio: 'inherit',
  })
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)))
}
