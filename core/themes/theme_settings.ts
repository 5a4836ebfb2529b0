import { E_THEME_SETTING } from './errors.js'
import type { Theme } from './theme.js'
import type { ThemeSetting, ThemeSettingValue } from './theme_manifest.js'

/** Values by id of setting */
export type ThemeSettings = Readonly<Record<string, ThemeSettingValue>>

const HEX_COLOUR = /^#[0-9a-f]{6}$/i
const LOCAL_OR_HTTPS = /^(?:\/(?!\/)[^\s"'<>\\]*|https:\/\/[^\s"'<>\\]+)$/
const IMAGE = /^(?:\/(?!\/)|https:\/\/)[^\s"'<>\\]+\.(?:svg|png|jpe?g|webp|avif)$/i

/**
 * The settings of a chain: the child's declaration wins, but it may not change the type of a parent's.
 */
export function settingsOf(chain: readonly Theme[]): readonly ThemeSetting[] {
  const settings = new Map<string, ThemeSetting>()

  for (const { manifest } of [...chain].reverse()) {
    for (const setting of (manifest.settings ?? []).flatMap((group) => group.settings)) {
      const inherited = settings.get(setting.id)
      if (inherited && inherited.type !== setting.type) {
        throw new E_THEME_SETTING([
          setting.id,
          `"${manifest.id}" declares it as ${setting.type} and its parent as ${inherited.type}`,
        ])
      }
      settings.set(setting.id, setting)
    }
  }
  return [...settings.values()]
}

/**
 * The stored values that still fit their declaration, and the default of every other. A value that no longer fits is
 * left in the table, so that going back to the earlier theme finds it.
 */
export function effectiveSettings(
  declared: readonly ThemeSetting[],
  stored: Readonly<Record<string, unknown>>
): ThemeSettings {
  return Object.fromEntries(
    declared.map((setting) => {
      const value = Object.hasOwn(stored, setting.id) ? stored[setting.id] : undefined
      const usable = value !== undefined && checkSettingValue(setting, value) === null
      return [setting.id, usable ? (value as ThemeSettingValue) : setting.default]
    })
  )
}

/**
 * Says why a value does not fit its setting.
 *
 * @returns the reason, in English, or null when the value fits
 */
export function checkSettingValue(setting: ThemeSetting, value: unknown): string | null {
  switch (setting.type) {
    case 'checkbox':
      return typeof value === 'boolean' ? null : 'must be true or false'
    case 'number':
    case 'range':
      return checkNumber(setting, value)
    case 'select':
      return setting.options?.some((option) => option.value === value)
        ? null
        : 'must be one of the options'
    case 'color':
      return checkColour(setting, value)
    case 'url':
      return value === null || value === '' || matches(LOCAL_OR_HTTPS, value)
        ? null
        : 'must be an address that begins with / or https://'
    case 'image':
      return value === null || value === '' || matches(IMAGE, value)
        ? null
        : 'must be the address of an svg, png, jpg, webp or avif file'
    case 'text':
    case 'textarea': {
      const most = setting.maxLength ?? (setting.type === 'text' ? 200 : 5000)
      return typeof value === 'string' && value.length <= most
        ? null
        : `must be a text of at most ${most} characters`
    }
  }
}

/**
 * The style sheet that carries the settings: custom properties only, from values that were checked. Nothing an operator
 * or a theme writes reaches it as text.
 */
export function settingsToCss(declared: readonly ThemeSetting[], values: ThemeSettings): string {
  const blocks = { both: [] as string[], light: [] as string[], dark: [] as string[] }

  for (const setting of declared) {
    const value = values[setting.id]
    if (!setting.css_var || value === setting.default || checkSettingValue(setting, value)) {
      continue
    }
    const block = blocks[setting.mode ?? 'both']
    block.push(`${setting.css_var}:${value}${setting.unit ?? ''}`)
    if (setting.type === 'color') {
      block.push(`${setting.css_var}-rgb:${channels(String(value)).join(',')}`)
    }
  }

  return [
    [':root,[data-bs-theme]', blocks.both] as const,
    [':root,[data-bs-theme=light]', blocks.light] as const,
    ['[data-bs-theme=dark]', blocks.dark] as const,
  ]
    .filter(([, properties]) => properties.length > 0)
    .map(([selector, properties]) => `${selector}{${properties.join(';')}}`)
    .join('')
}

function checkNumber(setting: ThemeSetting, value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return 'must be a number'
  }
  if (setting.min !== undefined && value < setting.min) {
    return `must be at least ${setting.min}`
  }
  if (setting.max !== undefined && value > setting.max) {
    return `must be at most ${setting.max}`
  }
  return null
}

function checkColour(setting: ThemeSetting, value: unknown): string | null {
  if (!matches(HEX_COLOUR, value)) {
    return 'must be a colour such as #7A2A63'
  }
  if (!setting.contrast) {
    return null
  }
  const ratio = contrastRatio(String(value), setting.contrast.with)
  return ratio >= setting.contrast.min
    ? null
    : `has a contrast of ${ratio.toFixed(1)} with ${setting.contrast.with}; at least ${setting.contrast.min} is needed to be read`
}

/** WCAG 2.2 contrast ratio of two #rrggbb colours, 1 to 21 */
export function contrastRatio(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [r, g, b] = channels(colour).map((channel) => {
    const c = channel / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value)
}
