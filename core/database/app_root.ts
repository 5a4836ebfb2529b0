import { fileURLToPath } from 'node:url'
import { basename, dirname, join, resolve } from 'node:path'

/** Folder of the code: the sources in development, `build/` once built */
export const APP_ROOT = new URL('../../', import.meta.url)

/** Imports a module from the project's root, as the framework asks for it */
export function importer(filePath: string) {
  if (filePath.startsWith('./') || filePath.startsWith('../')) {
    return import(new URL(filePath, APP_ROOT).href)
  }
  return import(filePath)
}

/**
 * Folder of what the installation owns: the embedded database, generated keys, uploads, flag backups.
 * It lies beside the code and outside `build/`, which every build deletes.
 */
export function dataFolder(...parts: string[]): string {
  const root = resolve(fileURLToPath(APP_ROOT))
  const home = basename(root) === 'build' ? dirname(root) : root
  return join(process.env.GRIOT_DATA ?? join(home, 'var'), ...parts)
}
