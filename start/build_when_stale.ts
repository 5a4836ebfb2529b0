import { lstatSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runCommand } from './child_processes.js'
import { newestSource } from './newest_source.js'

/** What `ace build` compiles or copies */
const SOURCES = [
  ...['bin', 'config', 'core', 'database', 'plugins', 'resources', 'start', 'themes'].map(
    (folder) => `${folder}/**/*`
  ),
  'adonisrc.ts',
  'vite.config.ts',
  'package-lock.json',
]
/** The links of the workspaces are what a build makes last, so one that was cut off has none of its own time */
const MADE_LAST = 'build/node_modules/@griot/sdk'

/**
 * Builds the application when one of its sources is newer than the last build. Processes that are measured run from it, as in
 * production: from the sources each carries a compiler, which takes 80 MB and part of its time.
 *
 * @returns the folder to start processes in; `root` itself when that is a build
 * @throws Error with what the build printed when it fails
 */
export async function buildWhenStale(o: { root: URL; say: (line: string) => void }): Promise<URL> {
  const folder = fileURLToPath(o.root)
  if (import.meta.url.endsWith('.js')) return o.root

  const builtAt = lstatSync(`${folder}${MADE_LAST}`, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (builtAt < newestSource(folder, SOURCES)) {
    o.say('Building…')
    await runCommand({
      root: o.root,
      args: ['build'],
      env: { ...process.env, NODE_ENV: 'development' },
    })
  }
  return new URL('build/', o.root)
}
