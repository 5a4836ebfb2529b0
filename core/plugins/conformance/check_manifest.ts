import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isPluginDefinition, type PluginDefinition } from '@griot/sdk'
import { describePlugin, type PluginDescription } from '../hosts/description.js'
import { APP_ROOT } from '#core/database/app_root'
import { discoverPlugins, hostVersionOf } from '../discovery/discover_plugins.js'
import { mismatches } from '../discovery/match_manifest.js'
import type { Manifest } from '../types.js'
import { ConformanceError } from './conformance_error.js'

export type PluginUnderTest = {
  readonly folder: string
  readonly manifest: Manifest
  readonly definition: PluginDefinition
  readonly description: PluginDescription
}

/**
 * Reads the manifest, imports the code and holds one against the other.
 *
 * @throws C_MANIFEST, C_INCOMPATIBLE, C_IMPORT, C_PLAIN, C_MISMATCH
 */
export async function checkManifest(folder: string): Promise<PluginUnderTest> {
  const at = resolve(folder)
  const all = await discoverPlugins({
    folders: { bundled: resolve(at, '..'), others: [] },
    hostVersion: await hostVersionOf(APP_ROOT),
  })
  const found = all.find(({ id }) => id === basename(at))
  if (!found) throw new ConformanceError('C_MANIFEST', `${at} has no package.json`)
  if (!found.manifest) throw new ConformanceError('C_MANIFEST', found.problems.join('\n'))
  if (found.incompatible !== null) throw new ConformanceError('C_INCOMPATIBLE', found.incompatible)

  const entry = join(at, found.manifest.entry)
  const imported = await Promise.race([
    import(pathToFileURL(entry).href) as Promise<{ default?: unknown }>,
    new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('not imported within 5 seconds')), 5_000).unref()
    ),
  ]).catch((error: Error) => {
    throw new ConformanceError('C_IMPORT', `${entry}: ${error.message}`)
  })
  if (!isPluginDefinition(imported.default))
    throw new ConformanceError('C_IMPORT', `${entry} does not export default definePlugin({ … })`)

  const description = described(imported.default)
  const problems = mismatches(found.manifest, description)
  if (problems.length > 0) throw new ConformanceError('C_MISMATCH', problems.join('\n'))
  return { folder: at, manifest: found.manifest, definition: imported.default, description }
}

function described(definition: PluginDefinition): PluginDescription {
  try {
    return describePlugin(definition)
  } catch (error) {
    throw new ConformanceError(
      'C_PLAIN',
      `what the plugin says of itself must be plain data that can be copied: ${(error as Error).message}`
    )
  }
}
