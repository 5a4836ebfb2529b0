import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import semver from 'semver'
import { readThemeManifest } from './read_theme_manifest.js'
import {
  E_THEME_CYCLE,
  E_THEME_DEPTH,
  E_THEME_MISSING,
  E_THEME_PARENT_MISSING,
  E_THEME_PARENT_VERSION,
} from './errors.js'
import type { Theme } from './theme.js'

/** The theme that ends every chain */
export const BASE_THEME = 'base'

/** The most generations: a child, its parent, the base */
const MAX_DEPTH = 3

/** A theme whose manifest was refused, kept so that the admin can be told why */
export type RefusedTheme = { readonly id: string; readonly cause: Error }

/**
 * The themes on disk, and which extends which.
 *
 * @example
 * const registry = await ThemeRegistry.discover(app.makePath('themes'))
 * registry.chain('aurora') // [aurora, base]
 */
export class ThemeRegistry {
  #themes: ReadonlyMap<string, Theme>

  /** Themes that cannot be used, and why */
  readonly refused: readonly RefusedTheme[]

  constructor(themes: readonly Theme[], refused: readonly RefusedTheme[] = []) {
    this.#themes = new Map(themes.map((theme) => [theme.manifest.id, theme]))
    this.refused = refused
  }

  /**
   * Reads every folder of `root` that has a `theme.json`. One bad theme never hides the others.
   *
   * @param bundled - ids of the themes that the operator vouches for
   */
  static async discover(root: string, bundled: readonly string[] = []): Promise<ThemeRegistry> {
    const themes: Theme[] = []
    const refused: RefusedTheme[] = []

    for (const entry of await readdir(root, { withFileTypes: true })) {
      const directory = join(root, entry.name)
      if (!entry.isDirectory() || !existsSync(join(directory, 'theme.json'))) {
        continue
      }
      try {
        const manifest = await readThemeManifest(directory)
        themes.push({ manifest, directory, bundled: bundled.includes(manifest.id) })
      } catch (cause) {
        refused.push({ id: entry.name, cause: cause as Error })
      }
    }
    return new ThemeRegistry(themes, refused)
  }

  /** All usable themes, by id */
  all(): readonly Theme[] {
    return [...this.#themes.values()].sort((a, b) => a.manifest.id.localeCompare(b.manifest.id))
  }

  has(id: string): boolean {
    return this.#themes.has(id)
  }

  /**
   * @throws E_THEME_MISSING
   */
  get(id: string): Theme {
    const theme = this.#themes.get(id)
    if (!theme) {
      throw new E_THEME_MISSING([id, [...this.#themes.keys()].join(', ') || 'none'])
    }
    return theme
  }

  /**
   * The theme, its parent, and so on to the base: the order in which templates are looked for. A theme that extends
   * nothing extends the base.
   *
   * @throws E_THEME_MISSING, E_THEME_PARENT_MISSING, E_THEME_PARENT_VERSION, E_THEME_CYCLE, E_THEME_DEPTH
   */
  chain(id: string): readonly Theme[] {
    const chain: Theme[] = [this.get(id)]
    let child = chain[0]

    for (;;) {
      const parent = this.#parentOf(child)
      if (!parent) {
        return chain
      }
      const names = [...chain, parent].map((theme) => theme.manifest.id).join(' → ')
      if (chain.includes(parent)) {
        throw new E_THEME_CYCLE([names])
      }
      if (chain.length === MAX_DEPTH) {
        throw new E_THEME_DEPTH([names, MAX_DEPTH])
      }
      chain.push(parent)
      child = parent
    }
  }

  #parentOf({ manifest }: Theme): Theme | null {
    if (!manifest.extends) {
      return manifest.id === BASE_THEME ? null : (this.#themes.get(BASE_THEME) ?? null)
    }

    const parent = this.#themes.get(manifest.extends.theme)
    if (!parent) {
      throw new E_THEME_PARENT_MISSING([manifest.id, manifest.extends.theme])
    }
    if (!semver.satisfies(parent.manifest.version, manifest.extends.version)) {
      throw new E_THEME_PARENT_VERSION([
        manifest.id,
        parent.manifest.id,
        manifest.extends.version,
        parent.manifest.version,
      ])
    }
    return parent
  }
}
