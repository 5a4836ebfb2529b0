import { errorKind } from '#core/errors/kernel_error'

/** The manifest is not readable, not JSON, or does not fit its schema */
export const E_THEME_MANIFEST = errorKind<[theme: string, cause: string]>(
  'The manifest of the theme "%s" is refused: %s',
  'E_THEME_MANIFEST',
  500
)

/** A name that no folder of `themes/` bears */
export const E_THEME_MISSING = errorKind<[theme: string, known: string]>(
  'There is no theme "%s". Known themes: %s',
  'E_THEME_MISSING',
  404
)

/** `extends` names a theme that is not there */
export const E_THEME_PARENT_MISSING = errorKind<[theme: string, parent: string]>(
  'The theme "%s" extends "%s", which is not installed. Install the parent or change "extends"',
  'E_THEME_PARENT_MISSING',
  500
)

/** The parent is there, in a version the child does not accept */
export const E_THEME_PARENT_VERSION = errorKind<
  [theme: string, parent: string, range: string, found: string]
>('The theme "%s" needs "%s" %s, and %s is installed', 'E_THEME_PARENT_VERSION', 500)

/** A theme that, by way of its parents, extends itself */
export const E_THEME_CYCLE = errorKind<[chain: string]>(
  'These themes extend each other in a circle: %s',
  'E_THEME_CYCLE',
  500
)

/** More than three generations */
export const E_THEME_DEPTH = errorKind<[chain: string, most: number]>(
  'The chain of themes %s is longer than %d. Extend a theme nearer to the base',
  'E_THEME_DEPTH',
  500
)

/** A template name that the loader does not accept, or one that leads out of its folder */
export const E_THEME_PATH = errorKind<[name: string, cause: string]>(
  'The template name "%s" is refused: %s',
  'E_THEME_PATH',
  500
)

/** No theme of the chain has the template */
export const E_THEME_TEMPLATE_MISSING = errorKind<[name: string, theme: string]>(
  'No template "%s" in the theme "%s" nor in those it extends',
  'E_THEME_TEMPLATE_MISSING',
  500
)

/** The syntax gate refused the template */
export const E_THEME_UNSAFE = errorKind<[name: string, issues: string]>(
  'The template "%s" uses what a theme may not: %s',
  'E_THEME_UNSAFE',
  500
)

/** Templates that include each other for ever */
export const E_THEME_INCLUDE_CYCLE = errorKind<[path: string]>(
  'These templates include each other in a circle: %s',
  'E_THEME_INCLUDE_CYCLE',
  500
)

/** A page that is longer, or that loops more, than a page may */
export const E_THEME_BUDGET = errorKind<[what: string, most: number]>(
  'The page was stopped: %s went past %d',
  'E_THEME_BUDGET',
  500
)

/** Something that is no text, number or date was to be printed */
export const E_THEME_VALUE = errorKind<[what: string]>(
  'A template prints %s. Print its parts one by one',
  'E_THEME_VALUE',
  500
)

/** A setting whose value does not fit its declaration */
export const E_THEME_SETTING = errorKind<[setting: string, cause: string]>(
  'The setting "%s" is refused: %s',
  'E_THEME_SETTING',
  422
)
