import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { LoaderContract } from 'edge.js/types'
import { E_THEME_PATH, E_THEME_TEMPLATE_MISSING } from './errors.js'

/** Names such as `portal/lists/index`. No dots, so no `..`; no `::`, so no disks; no leading slash */
export const TEMPLATE_NAME = /^[a-z0-9_]+(?:\/[a-z0-9_]+)*$/

/** A folder of templates, and what of it may be read */
export type TemplateRoot = {
  readonly directory: string
  /** Only names that begin with it are looked for here */
  readonly only?: string
  /** The operator vouches for what stands there */
  readonly bundled?: boolean
}

/**
 * Finds templates in the folders of a chain of themes, and nowhere else. Edge's own loader follows absolute paths and
 * `..`; this one never hands the file system a name that it did not check, and refuses links that lead out.
 */
export class ThemeLoader implements LoaderContract {
  #theme: string
  #roots: readonly TemplateRoot[]

  readonly mounted = {}
  readonly templates = {}

  /**
   * @param theme - the name used in errors
   * @param roots - folders in the order in which they are searched
   */
  constructor(theme: string, roots: readonly TemplateRoot[]) {
    this.#theme = theme
    this.#roots = roots
      .filter((root) => existsSync(root.directory))
      .map((root) => ({ ...root, directory: realpathSync(root.directory) }))
  }

  /** The name itself: it is the key of Edge's cache and what `resolve` gets back */
  makePath(name: string): string {
    return name
  }

  has(name: string): boolean {
    return TEMPLATE_NAME.test(name) && this.#find(name) !== null
  }

  /**
   * @throws E_THEME_PATH, E_THEME_TEMPLATE_MISSING
   */
  resolve(name: string): { template: string; bundled: boolean } {
    if (typeof name !== 'string' || name.length > 200 || !TEMPLATE_NAME.test(name)) {
      throw new E_THEME_PATH([String(name), 'only a-z, 0-9, _ and / are allowed'])
    }
    const file = this.#find(name)
    if (!file) {
      throw new E_THEME_TEMPLATE_MISSING([name, this.#theme])
    }
    return { template: readFileSync(file.path, 'utf8'), bundled: file.bundled }
  }

  #find(name: string): { path: string; bundled: boolean } | null {
    for (const root of this.#roots) {
      if (root.only && !name.startsWith(root.only)) {
        continue
      }
      const file = join(root.directory, `${name}.edge`)
      if (!existsSync(file)) {
        continue
      }
      const real = realpathSync(file)
      if (!real.startsWith(root.directory + sep)) {
        throw new E_THEME_PATH([name, 'it is a link that leads out of the theme'])
      }
      return { path: real, bundled: root.bundled === true }
    }
    return null
  }

  /*
  | What else Edge's contract asks for. A theme has no disks and registers nothing.
  */
  listComponents() {
    return []
  }
  listTemplates() {
    return []
  }
  mount(): never {
    throw new E_THEME_PATH(['*', 'a theme cannot mount a folder'])
  }
  unmount(): void {}
  register(name: string): never {
    throw new E_THEME_PATH([name, 'a theme cannot register a template'])
  }
  remove(): void {}
}
