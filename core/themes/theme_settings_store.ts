import type { Database } from '@adonisjs/lucid/database'
import { E_THEME_SETTING } from './errors.js'
import { checkSettingValue } from './theme_settings.js'
import type { ThemeSetting } from './theme_manifest.js'

/** The row that names the active theme belongs to no theme */
const SITE = 'site'

/**
 * The table `theme_settings (theme, key, value jsonb)`.
 */
export class ThemeSettingsStore {
  #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Every stored value of a theme, whether it still fits its declaration or not */
  async read(theme: string): Promise<Readonly<Record<string, unknown>>> {
    const rows = await this.#db.from('theme_settings').select('key', 'value').where('theme', theme)
    return Object.fromEntries(rows.map((row) => [row.key, row.value]))
  }

  /**
   * Stores values after checking each against its declaration: all, or none.
   *
   * @throws E_THEME_SETTING for the first value refused
   */
  async write(o: {
    theme: string
    declared: readonly ThemeSetting[]
    values: Readonly<Record<string, unknown>>
  }): Promise<void> {
    const rows = Object.entries(o.values).map(([key, value]) => {
      const setting = o.declared.find((candidate) => candidate.id === key)
      if (!setting) {
        throw new E_THEME_SETTING([key, 'the theme does not declare it'])
      }
      const refusal = checkSettingValue(setting, value)
      if (refusal) {
        throw new E_THEME_SETTING([key, refusal])
      }
      return { theme: o.theme, key, value: JSON.stringify(value) }
    })

    if (rows.length > 0) {
      await this.#db
        .knexQuery()
        .insert(rows)
        .into('theme_settings')
        .onConflict(['theme', 'key'])
        .merge()
    }
  }

  /** The id of the theme that the operator chose, or null */
  async activeTheme(): Promise<string | null> {
    const { active } = await this.read(SITE)
    return typeof active === 'string' ? active : null
  }

  /** Remembers the operator's choice */
  async activate(theme: string): Promise<void> {
    await this.#db
      .knexQuery()
      .insert({ theme: SITE, key: 'active', value: JSON.stringify(theme) })
      .into('theme_settings')
      .onConflict(['theme', 'key'])
      .merge()
  }
}
