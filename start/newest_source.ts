import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * When the youngest of some files was written: what was made of them before that is stale.
 *
 * @param patterns globs below `folder`; what lies in a node_modules is nobody's source
 * @returns milliseconds since the epoch
 */
export function newestSource(folder: string, patterns: readonly string[]): number {
  const files = globSync([...patterns], {
    cwd: folder,
    exclude: (name) => name === 'node_modules',
  })
  return Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs))
}
