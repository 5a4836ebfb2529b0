import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isPluginDefinition, type PluginDefinition } from '@griot/sdk'
import { describePlugin, type PluginDescription } from './description.js'
import { PluginError } from '../errors.js'
import { freshImport } from './fresh_import.js'
import { mismatches } from '../discovery/match_manifest.js'
import { runInPlugin } from './plugin_scope.js'
import { timeLimit } from '../runtime/time_limit.js'
import type { UsablePlugin } from '../types.js'

export type ImportedPlugin = {
  readonly definition: PluginDefinition
  readonly description: PluginDescription
}

/**
 * Imports the code of a plugin, guarded, and holds it against its manifest.
 *
 * @param o.timeoutMs milliseconds for the whole import; a top-level `await` that never ends is the reason
 * @throws E_PLUGIN_IMPORT when the module throws, exports something else, or describes itself by what is not plain data
 * @throws E_PLUGIN_BOOT_TIMEOUT when it does not end in time
 * @throws E_PLUGIN_MANIFEST_MISMATCH when code and manifest disagree
 */
export async function importDefinition(o: {
  found: UsablePlugin
  generation: number
  timeoutMs: number
}): Promise<ImportedPlugin> {
  const { found } = o
  const url = pathToFileURL(join(found.folder, found.manifest.entry))
  const failed = (
    code: 'E_PLUGIN_IMPORT' | 'E_PLUGIN_BOOT_TIMEOUT' | 'E_PLUGIN_MANIFEST_MISMATCH',
    detail: string,
    cause?: unknown
  ) => new PluginError({ code, pluginId: found.id, operation: 'import', detail, cause })

  const imported = await timeLimit({
    timeoutMs: o.timeoutMs,
    run: () =>
      runInPlugin({ pluginId: found.id, operation: 'import' }, () =>
        freshImport({ url, generation: o.generation })
      ),
    expired: () =>
      failed(
        'E_PLUGIN_BOOT_TIMEOUT',
        `${found.manifest.entry} was not imported within ${o.timeoutMs} ms. Importing must do nothing: no top-level await on the outside`
      ),
    threw: (cause) =>
      failed(
        'E_PLUGIN_IMPORT',
        `${found.manifest.entry} threw while it was imported: ${(cause as Error)?.message ?? String(cause)}`,
        cause
      ),
  })

  const definition = imported.default
  if (!isPluginDefinition(definition)) {
    throw failed(
      'E_PLUGIN_IMPORT',
      `${found.manifest.entry} does not export a plugin. Write "export default definePlugin({ … })"`
    )
  }
  const description = described(definition, (detail, cause) =>
    failed('E_PLUGIN_IMPORT', `${found.manifest.entry}: ${detail}`, cause)
  )
  const problems = mismatches(found.manifest, description)
  if (problems.length > 0) throw failed('E_PLUGIN_MANIFEST_MISMATCH', problems.join('; '))
  return { definition, description }
}

/** What a plugin says of itself must be plain data: titles, units and limits are read without asking it again */
function described(
  definition: PluginDefinition,
  failed: (detail: string, cause: unknown) => Error
): PluginDescription {
  try {
    return describePlugin(definition)
  } catch (error) {
    throw failed(`it cannot be described as plain data: ${(error as Error).message}`, error)
  }
}
