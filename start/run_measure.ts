import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startThrowAwayPostgres } from '#core/database/server/embedded_postgres'
import { buildWhenStale } from './build_when_stale.js'
import { forkCommand, runCommand } from './child_processes.js'

/** What the measuring process asks of us, since the server is our child */
type Ask = { id: number; restart: { mode: 'fast' | 'immediate'; awayMs?: number } }

/**
 * Runs one bench or fault in a process of its own against a throw-away database and a throw-away data folder, and takes
 * all of it down, also on Ctrl-C. As in production, the workers and web processes that it starts run from a build, and what
 * the database commits reaches the disk.
 *
 * @returns the exit code of the measuring process
 */
export async function runMeasure(o: {
  root: URL
  kind: 'bench' | 'fault'
  name: string
  options: Readonly<Record<string, number | boolean>>
}): Promise<number> {
  const built = await buildWhenStale({
    root: o.root,
    say: (line) => process.stderr.write(`${line}\n`),
  })
  const folder = mkdtempSync(join(tmpdir(), 'griot-measure-'))
  const postgres = await startThrowAwayPostgres({ durable: true })
  const port = String(await freePort())
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: process.env.NODE_ENV ?? 'development',
    HOST: '127.0.0.1',
    PORT: port,
    APP_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: postgres.url,
    GRIOT_DATA: folder,
    SANDBOX: 'true',
    SANDBOX_SMTP_PORT: String(await freePort()),
    SESSION_DRIVER: 'database',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'fatal',
    MEASURE_ROOT: built.href,
    MEASURE_OPTIONS: JSON.stringify(o.options),
  }
  let measuring: ReturnType<typeof forkCommand> | null = null
  process.removeAllListeners('SIGINT')
  process.removeAllListeners('SIGTERM')
  /** The measuring process ends by the same Ctrl-C, or by this; the rest is ours to take down */
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => measuring?.kill('SIGTERM'))
  try {
    await runCommand({ root: o.root, args: ['migrate'], env })
    measuring = forkCommand({ root: o.root, args: ['measure', o.kind, o.name], env })
    const child = measuring
    child.on('message', (ask: Ask) => {
      if (!ask.restart) return
      postgres.restart(ask.restart).then(
        () => child.send({ answer: ask.id }),
        (error: Error) => child.send({ answer: ask.id, error: error.message })
      )
    })
    return await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 1
  } finally {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
