import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { newestSource } from './newest_source.js'

/**
 * Builds styles and scripts when one of their sources is newer than the last build. A built application has them.
 *
 * @throws Error with what Vite printed when the build fails
 */
export async function buildAssetsWhenStale(o: {
  root: URL
  say: (line: string) => void
}): Promise<void> {
  const root = fileURLToPath(o.root)
  const manifest = join(root, 'public/assets/.vite/manifest.json')
  const config = join(root, 'vite.config.ts')
  if (!existsSync(config)) return

  const builtAt = existsSync(manifest) ? statSync(manifest).mtimeMs : 0
  const newest = newestSource(root, [
    'resources/css/**/*',
    'resources/js/**/*',
    'themes/*/assets/**/*',
    'vite.config.ts',
    'start/subset_font.ts',
    'package-lock.json',
  ])
  if (builtAt > newest) return

  o.say('Building the assets…')
  const vite = spawn(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  vite.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  vite.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number>((resolve) =>
    vite.once('close', (status) => resolve(status ?? 1))
  )
  if (code !== 0) throw new Error(`The assets could not be built:\n${said.slice(-3_000)}`)
}
