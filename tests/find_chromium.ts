import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'

const KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
]

/** Starts the browser of the tests and of the benches, that asks nobody but the page it is told to open */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-sync',
    ],
  })
}

/**
 * The browser of the tests: `CHROMIUM_PATH`, the machine's, or Playwright's. Where there is none it is installed first: by
 * the machine's packages as root, by Playwright else.
 *
 * @returns the path of the program
 * @throws Error when there is no Chromium and it cannot be installed; it says what to do
 */
export function findChromium(): string {
  const found = installed()
  if (found) return found

  process.stderr.write('There is no Chromium yet: installing it, once…\n')
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    run('apt-get', ['update', '-qq'])
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
  }
  if (!installed()) {
    const playwright = dirname(
      createRequire(import.meta.url).resolve('playwright-core/package.json')
    )
    run(process.execPath, [join(playwright, 'cli.js'), 'install', 'chromium'])
  }
  const now = installed()
  if (now) return now
  throw new Error(
    'The browser tests need Chromium. Install it (`apt-get install chromium`, or `npx playwright install chromium`), or name one in CHROMIUM_PATH.'
  )
}

function installed(): string | null {
  const named = process.env.CHROMIUM_PATH
  if (named && !existsSync(named))
    throw new Error(`CHROMIUM_PATH is ${named}, and nothing is there`)
  return (
    [named, ...KNOWN, chromium.executablePath()].find(
      (path): path is string => Boolean(path) && existsSync(path as string)
    ) ?? null
  )
}

/** What it says goes to standard error: the totals of the tests are read from standard output */
function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (done.status !== 0) process.stderr.write(`${command} ${args.join(' ')} did not work\n`)
}
