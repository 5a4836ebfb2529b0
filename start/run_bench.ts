import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startThrowAwayPostgres } from '#core/database/embedded_postgres'
import { forkCommand, runCommand } from './child_processes.js'

/**
 * Runs one bench in a process of its own against a throw-away database and a throw-away data folder, and takes both
 * down, also on Ctrl-C.
 *
 * @returns the exit code of the measuring process
 */
export async function runBench(o: { root: URL; name: string; rows: number }): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'griot-bench-'))
  const postgres = await startThrowAwayPostgres()
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: process.env.NODE_ENV ?? 'development',
    HOST: '127.0.0.1',
    PORT: '3333',
    APP_URL: 'http://127.0.0.1:3333',
    DATABASE_URL: postgres.url,
    GRIOT_DATA: folder,
    SESSION_DRIVER: 'cookie',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
  }
  let measuring: ReturnType<typeof forkCommand> | null = null
  process.removeAllListeners('SIGINT')
  process.removeAllListeners('SIGTERM')
  /** The measuring process ends by the same Ctrl-C, or by this; the rest is ours to take down */
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => measuring?.kill('SIGKILL'))
  try {
    await runCommand({ root: o.root, args: ['migrate'], env })
    measuring = forkCommand({
      root: o.root,
      args: ['bench:measure', o.name, '--rows', String(o.rows)],
      env,
    })
    const child = measuring
    return await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 1
  } finally {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
