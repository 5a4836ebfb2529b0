import type { ThemeManifest } from './theme_manifest.js'

/** A theme whose manifest was accepted */
export type Theme = {
  readonly manifest: ThemeManifest
  readonly directory: string
  /** The operator vouches for it: its scripts are served, and its markup is not held to what a stranger may write */
  readonly bundled: boolean
}
