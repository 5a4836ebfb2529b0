import { readFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Ajv } from 'ajv'
import semver from 'semver'
import { E_THEME_MANIFEST } from './errors.js'
import { checkSettingValue } from './theme_settings.js'
import type { ThemeManifest } from './theme_manifest.js'

const schema = JSON.parse(
  readFileSync(new URL('./theme_manifest.schema.json', import.meta.url), 'utf8')
)
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<ThemeManifest>(schema)

/**
 * Reads and checks the manifest of one theme.
 *
 * @param directory - the folder of the theme; its name must be the manifest's `id`
 * @returns the manifest
 * @throws E_THEME_MANIFEST with every reason found
 */
export async function readThemeManifest(directory: string): Promise<ThemeManifest> {
  const folder = basename(directory)
  let manifest: unknown

  try {
    manifest = JSON.parse(await readFile(join(directory, 'theme.json'), 'utf8'))
  } catch (cause) {
    throw new E_THEME_MANIFEST([folder, (cause as Error).message], { cause })
  }

  if (!validate(manifest)) {
    const reasons = (validate.errors ?? []).map(
      (error) => `${error.instancePath || '/'} ${error.message}`
    )
    throw new E_THEME_MANIFEST([folder, reasons.join('; ')])
  }

  const reasons = inconsistencies(manifest, folder)
  if (reasons.length > 0) {
    throw new E_THEME_MANIFEST([folder, reasons.join('; ')])
  }
  return manifest
}

/**
 * What a JSON Schema cannot say
 */
function inconsistencies(manifest: ThemeManifest, folder: string): string[] {
  const reasons: string[] = []

  if (manifest.id !== folder) {
    reasons.push(`"id" is "${manifest.id}" and the folder is "${folder}"`)
  }
  if (semver.validRange(manifest.engines.griot) === null) {
    reasons.push(`"engines.griot" is not a range of versions: ${manifest.engines.griot}`)
  }
  if (manifest.extends && semver.validRange(manifest.extends.version) === null) {
    reasons.push(`"extends.version" is not a range of versions: ${manifest.extends.version}`)
  }
  if (!manifest.locales.available.includes(manifest.locales.default)) {
    reasons.push(`"locales.available" lacks the default "${manifest.locales.default}"`)
  }

  const seen = new Set<string>()
  for (const setting of (manifest.settings ?? []).flatMap((group) => group.settings)) {
    if (seen.has(setting.id)) {
      reasons.push(`the setting "${setting.id}" is declared twice`)
    }
    seen.add(setting.id)

    const refusal = checkSettingValue(setting, setting.default)
    if (refusal) {
      reasons.push(`the default of "${setting.id}" is refused: ${refusal}`)
    }
  }
  return reasons
}
