import env from '#start/env'

/**
 * Themes whose scripts are served and whose markup may hold what a stranger's may not. A folder of `themes/` is not bundled by
 * lying there: the operator names it in BUNDLED_THEMES.
 */
export default {
  bundled: [
    'base',
    ...env
      .get('BUNDLED_THEMES', '')
      .split(',')
      .map((id) => id.trim())
      .filter(Boolean),
  ],
}
