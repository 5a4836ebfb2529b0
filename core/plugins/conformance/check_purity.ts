import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ConformanceError } from './conformance_error.js'
import type { PluginUnderTest } from './check_manifest.js'

/**
 * Importing a plugin does nothing: no files, no network, no timers, no globals. Checked in a process of its own.
 *
 * @throws C_IMPURE naming every deed
 */
export async function checkPurity(
  plugin: Pick<PluginUnderTest, 'folder' | 'manifest'>
): Promise<void> {
  const source = import.meta.url.endsWith('.ts')
  const script = fileURLToPath(new URL(`./purity_process.${source ? 'ts' : 'js'}`, import.meta.url))
  const entry = pathToFileURL(join(plugin.folder, plugin.manifest.entry)).href
  const child = spawn(
    process.execPath,
    [...(source ? ['--import=@poppinss/ts-exec'] : []), script, entry],
    { stdio: ['ignore', 'pipe', 'pipe'] }
  )
  const limit = setTimeout(() => child.kill('SIGKILL'), 20_000)
  let said = ''
  let complained = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(limit)

  const report = said.trim().split('\n').at(-1) ?? ''
  if (!report.startsWith('['))
    throw new ConformanceError(
      'C_IMPURE',
      `the process that imported it ended without a report: ${complained.slice(0, 500)}`
    )
  const deeds = JSON.parse(report) as string[]
  if (deeds.length > 0)
    throw new ConformanceError(
      'C_IMPURE',
      `importing it ${deeds.join(', ')}. Do that in a hook or in a function of a channel`
    )
}
