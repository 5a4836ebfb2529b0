import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Theme } from './theme.js'

/** `images/hero.webp`: no dots but the last, so no `..` */
const ASSET_NAME = /^[a-zA-Z0-9_-]+(?:\/[a-zA-Z0-9_-]+)*\.[a-z0-9]+$/

/** What a browser is told about each kind; a kind that is not here is not served */
export const ASSET_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
}

/**
 * The file of an asset of one theme, or null when the name is refused or the file is not there. Scripts are those of bundled
 * themes alone.
 */
export function themeAssetFile(theme: Theme, name: string): string | null {
  const kind = name.slice(name.lastIndexOf('.') + 1)
  if (name.length > 200 || !ASSET_NAME.test(name) || !Object.hasOwn(ASSET_TYPES, kind)) {
    return null
  }
  if (kind === 'js' && !theme.bundled) return null
  const root = join(theme.directory, 'assets')
  const file = join(root, name)
  if (!existsSync(file) || !statSync(file).isFile()) {
    return null
  }
  const real = realpathSync(file)
  return real.startsWith(realpathSync(root) + sep) ? real : null
}

/**
 * The address of an asset: the child's file, or its parent's. The time of its last change is in the address, so that a
 * browser may keep it for ever.
 *
 * @returns the address, or null when no theme of the chain has the asset
 */
export function themeAssetUrl(chain: readonly Theme[], name: string): string | null {
  for (const theme of chain) {
    const file = themeAssetFile(theme, name)
    if (file) {
      const version = Math.floor(statSync(file).mtimeMs).toString(36)
      return `/theme-assets/${theme.manifest.id}/${name}?v=${version}`
    }
  }
  return null
}
