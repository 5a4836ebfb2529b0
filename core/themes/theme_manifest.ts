/*
| The shape of `theme.json`, as `theme_manifest.schema.json` checks it.
*/

/** Words for people, in each language of the kernel */
export type ThemeText = { readonly fr: string; readonly en: string }

/** What a setting may hold */
export type ThemeSettingValue = string | number | boolean | null

/** One thing that the operator may change without touching a template */
export type ThemeSetting = {
  readonly id: string
  readonly type:
    'text' | 'textarea' | 'checkbox' | 'number' | 'range' | 'select' | 'color' | 'url' | 'image'
  readonly title: ThemeText
  readonly description?: ThemeText
  readonly default: ThemeSettingValue
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly unit?: 'px' | 'rem' | 'em' | '%' | 'ms'
  readonly maxLength?: number
  readonly options?: readonly { readonly value: string; readonly title: ThemeText }[]
  /** The custom property that takes the value; it is written only after the value was checked */
  readonly css_var?: string
  /** The colour mode in which `css_var` holds; both when absent */
  readonly mode?: 'light' | 'dark'
  /** The least contrast (WCAG 2 ratio) that a colour must keep with another */
  readonly contrast?: { readonly with: string; readonly min: number }
}

/** Settings shown together */
export type ThemeSettingGroup = {
  readonly group: string
  readonly title: ThemeText
  readonly settings: readonly ThemeSetting[]
}

/** `theme.json` */
export type ThemeManifest = {
  readonly id: string
  readonly title: ThemeText
  readonly description?: ThemeText
  readonly author?: string
  readonly license?: string
  readonly version: string
  readonly themeApi: 1
  readonly engines: { readonly griot: string }
  readonly extends?: { readonly theme: string; readonly version: string }
  readonly locales: { readonly default: string; readonly available: readonly string[] }
  /** Style sheets in `assets/`, loaded after the kernel's own */
  readonly css?: readonly string[]
  readonly settings?: readonly ThemeSettingGroup[]
}
