import type { ThemeManifest } from './theme_manifest.js'

/** A theme whose manifest was accepted */
export type Theme = { readonly manifest: ThemeManifest; readonly directory: string }
