import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startThrowAwayPostgres } from '#core/database/server/embedded_postgres'

/** Where the files of each suite stand; adonisrc.ts says it to the runner */
const FOLDERS: readonly (readonly [RegExp, string])[] = [
  [/^tests\/(unit|functional|conformance|browser)\//, '$1'],
  [/^plugins\/[^/]+\/tests\//, 'conformance'],
]

/**
 * The file that `--only PATH` (or `--only=PATH`) names, and its suite; null when nothing is named.
 *
 * @returns an Error to show when no suite holds the file
 */
export function onlyFile(argv: readonly string[]): { suite: string; file: string } | Error | null {
  const at = argv.findIndex((argument) => argument === '--only' || argument.startsWith('--only='))
  if (at < 0) return null
  const given = argv[at]?.split('=')[1] ?? argv[at + 1] ?? ''
  const root = fileURLToPath(new URL('../', import.meta.url))
  const path = relative(root, resolve(process.env.INIT_CWD ?? root, given))
  for (const [folder, suite] of FOLDERS) {
    const found = folder.exec(path)
    if (found && existsSync(join(root, path)))
      return {
        suite: suite.replace('$1', found[1] ?? ''),
        file: path.slice(found[0].length).replace(/\.spec\.ts$/, ''),
      }
  }
  return new Error(
    `${given || 'Nothing'} is no test. Give a file under tests/ or plugins/*/tests/.`
  )
}

/**
 * Runs each suite in a process of its own, one after the other: two cores are one browser and one database. All share
 * one throw-away Postgres, each with a database of its own.
 *
 * @returns the exit code: 0 when everything passed
 */
export async function runEverySuite(
  suites: readonly string[],
  more = process.argv.slice(2).filter((argument) => argument.startsWith('--'))
): Promise<number> {
  /** Started with the first suite that needs it */
  let postgres: Awaited<ReturnType<typeof startThrowAwayPostgres>> | null = null
  let passed = 0
  let failed = 0
  try {
    for (const suite of suites) {
      let url = ''
      if (suite !== 'unit') {
        postgres ??= await startThrowAwayPostgres()
        url = await postgres.database(`test_${suite}`)
      }
      const result = await runSuite(suite, url, more)
      passed += result.passed
      failed += result.failed
    }
  } finally {
    await postgres?.stop()
  }
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  return failed === 0 && passed > 0 ? 0 : 1
}

async function runSuite(
  suite: string,
  url: string,
  more: readonly string[]
): Promise<{ passed: number; failed: number }> {
  process.stdout.write(`\n── ${suite} ──\n`)
  const file = fileURLToPath(new URL('../bin/test.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import=@poppinss/ts-exec', file, suite, ...more], {
    env: { ...process.env, TEST_DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let tail = ''
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk)
    tail = (tail + chunk.toString()).slice(-2_000)
  })
  /** Its last line is its result: `exit` may come before that is read */
  const code = await new Promise<number>((done) =>
    child.once('close', (status) => done(status ?? 1))
  )
  const counts = /(\d+) passed, (\d+) failed\s*$/.exec(tail)
  /** A suite that crashed says nothing: that is a failure, never silence */
  if (!counts) {
    process.stdout.write(`The suite ${suite} ended with code ${code} before it had a result\n`)
    return { passed: 0, failed: 1 }
  }
  const [passed, failed] = [Number(counts[1]), Number(counts[2])]
  if (code === 0 || failed > 0) return { passed, failed }
  process.stdout.write(`The suite ${suite} passed, yet its process ended with code ${code}\n`)
  return { passed, failed: 1 }
}

/** Gives the suite of this process its environment: database, data folder, address */
export async function prepareSuite(suite: string): Promise<void> {
  process.env.GRIOT_DATA = mkdtempSync(join(tmpdir(), `griot-${suite}-`))
  process.env.SESSION_DRIVER = suite === 'browser' ? 'database' : 'memory'
  process.env.SANDBOX ??= 'true'
  process.env.HOST ??= 'localhost'
  if (suite === 'unit') {
    /** Unit tests need no database: one that asks for it fails at once, on a port where nobody listens */
    process.env.DATABASE_URL = 'postgres://nobody@127.0.0.1:9/none'
  } else if (process.env.TEST_DATABASE_URL) {
    process.env.DATABASE_URL = process.env.TEST_DATABASE_URL
  } else {
    const postgres = await startThrowAwayPostgres()
    process.env.DATABASE_URL = await postgres.database(`test_${suite}`)
    const { suiteCleanups } = await import('#tests/suite_cleanups')
    suiteCleanups.push(() => postgres.stop())
  }
  const { freePort } = await import('#core/database/server/embedded_postgres')
  process.env.PORT = String(await freePort())
  process.env.SANDBOX_SMTP_PORT = String(await freePort())
  process.env.APP_URL = `http://localhost:${process.env.PORT}`
}
