import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import semver from 'semver'
import { SDK_API_VERSION } from '@griot/sdk'
import { readManifest } from './read_manifest.js'
import type { FoundPlugin, Manifest } from '../types.js'

export type PluginFolders = {
  /** The repository's own folder of plugins */
  readonly bundled: string
  /** Which of those came with Griot; all of them when absent */
  readonly ours?: readonly string[]
  /** Folders that hold more plugins */
  readonly others: readonly string[]
}

/**
 * Finds the plugins on disk and reads their manifests. Imports no code.
 *
 * @param o.folders where to look: every sub-folder with a package.json is a plugin
 * @param o.hostVersion version of Griot, which `engines.griot` must accept
 * @returns one entry a plugin, sorted by id; unreadable ones too, with their problems
 */
export async function discoverPlugins(o: {
  folders: PluginFolders
  hostVersion: string
}): Promise<readonly FoundPlugin[]> {
  const places = [
    ...(await pluginFoldersIn(o.folders.bundled)).map((folder) => ({
      folder,
      bundled: o.folders.ours?.includes(basename(folder)) ?? true,
    })),
    ...(await Promise.all(o.folders.others.map(pluginFoldersIn)))
      .flat()
      .map((folder) => ({ folder, bundled: false })),
  ]
  const found = await Promise.all(
    places.map((place) => read({ ...place, hostVersion: o.hostVersion }))
  )
  return withoutTwins(found).sort((a, b) => a.id.localeCompare(b.id))
}

/** Version of Griot: the root package.json, or its copy in the build */
export async function hostVersionOf(root: URL): Promise<string> {
  const json = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
    version: string
  }
  return json.version
}

async function pluginFoldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const candidates = entries.filter(
    (entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.')
  )
  const kept = await Promise.all(
    candidates.map(async ({ name }) =>
      (await stat(join(folder, name, 'package.json')).catch(() => null))?.isFile()
        ? [join(folder, name)]
        : []
    )
  )
  return kept.flat()
}

async function read(o: {
  folder: string
  bundled: boolean
  hostVersion: string
}): Promise<FoundPlugin> {
  const id = basename(o.folder)
  const reading = await readManifest({ folder: o.folder, id })
  const common = {
    id,
    folder: o.folder,
    bundled: o.bundled,
    packageName: reading.packageName,
    version: reading.version,
  }
  if (reading.manifest === null)
    return { ...common, manifest: null, problems: reading.problems, incompatible: null }
  return {
    ...common,
    manifest: reading.manifest,
    problems: [],
    incompatible: incompatibility(reading.manifest, o.hostVersion),
  }
}

/** @returns why the plugin does not fit this host, null when it does */
function incompatibility(manifest: Manifest, hostVersion: string): string | null {
  if (!semver.satisfies(hostVersion, manifest.engines.griot, { includePrerelease: true })) {
    return `It asks for Griot ${manifest.engines.griot}; this is ${hostVersion}`
  }
  /** This contract and the one before are understood */
  if (manifest.apiVersion > SDK_API_VERSION || manifest.apiVersion < SDK_API_VERSION - 1) {
    return `It was written for version ${manifest.apiVersion} of the plugin contract; this host speaks version ${SDK_API_VERSION}`
  }
  return null
}

/** Two folders with one name: neither can be told apart from the other, so the later is invalid */
function withoutTwins(found: readonly FoundPlugin[]): FoundPlugin[] {
  const byId = new Map<string, FoundPlugin>()
  for (const plugin of found) {
    const first = byId.get(plugin.id)
    if (!first) byId.set(plugin.id, plugin)
    else
      byId.set(plugin.id, {
        ...first,
        manifest: null,
        incompatible: null,
        problems: [
          `${first.folder} and ${plugin.folder} hold plugins of the same name. Remove or rename one`,
        ],
      })
  }
  return [...byId.values()]
}
