import type { PageBlock, Text } from '@griot/sdk'
import type { Permission } from '#core/plugins/discovery/consent'
import type { PluginOverview } from '#core/plugins/discovery/plugin_overview'

export type Locale = 'fr' | 'en'
type Translate = (key: string, data?: Readonly<Record<string, unknown>>) => string

/** A PEM has lines, which a password field would join */
const MULTILINE = /private_key|certificate|pem$/

/** A plugin as the admin's templates want it: words chosen, nothing left to decide */
export function pluginView(plugin: PluginOverview, locale: Locale, t: Translate) {
  const { found, row } = plugin
  const manifest = found?.manifest ?? null
  const secretWords = (name: string) => manifest?.secretTitles[name]?.[locale] ?? secretLabel(name)
  return {
    id: plugin.id,
    title: manifest ? manifest.title[locale] : plugin.id,
    description: manifest ? manifest.description[locale] : '',
    version: found?.version ?? '',
    installedVersion: row?.version ?? '',
    packageName: found?.packageName ?? '',
    bundled: found?.bundled ?? false,
    status: plugin.status,
    why: whySentence(plugin, locale, t),
    problems: found?.problems ?? [],
    channels: manifest?.contributes.channels ?? [],
    verbs: plugin.verbs,
    permissions: plugin.permissions.map((one) => permissionSentence(one, t, secretWords)),
    newPermissions: plugin.newPermissions.map((one) => permissionSentence(one, t, secretWords)),
    secrets: plugin.secrets.map((secret) => ({
      name: secret.name,
      label: secretWords(secret.name),
      multiline: MULTILINE.test(secret.name),
      setAt: secret.setAt,
    })),
    failures: plugin.failures.map((failure) => ({
      at: failure.at,
      code: failure.code,
      operation: failure.operation,
      detail: failure.detail,
    })),
    pages: manifest?.contributes.pages ?? [],
    keepsData: row?.version === '',
    source: row?.settings_source ?? 'default',
    updatedAt: row?.updated_at ?? null,
  }
}

function permissionSentence(
  permission: Permission,
  t: Translate,
  secretWords: (name: string) => string
): string {
  if (permission.key !== 'plugins.may.secrets') return t(permission.key, permission.data)
  return t(permission.key, { items: permission.data.items.split(', ').map(secretWords).join(', ') })
}

function whySentence(plugin: PluginOverview, locale: Locale, t: Translate): string {
  if (!plugin.why) return ''
  if (plugin.status !== 'degraded') return t(plugin.why.key, plugin.why.data)
  return t(plugin.why.key, { detail: checkSentence(plugin.why.data.detail ?? '', locale, t) })
}

/** What a check said is stored as JSON of a Text, or is a plain message, or our own word for missing settings */
export function checkSentence(detail: string, locale: Locale, t: Translate): string {
  if (detail === 'settings') return t('plugins.health.settings')
  try {
    const text = JSON.parse(detail) as Partial<Text> | string
    return typeof text === 'string' ? text : (text[locale] ?? text.fr ?? '')
  } catch {
    return detail
  }
}

/** dkim_private_key → Dkim private key, where the manifest has no words for it */
function secretLabel(name: string): string {
  const words = name.replaceAll(/[_.]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A page of a plugin, its words chosen */
export function blocksView(blocks: readonly PageBlock[], locale: Locale) {
  return blocks.map((block) => {
    switch (block.type) {
      case 'text':
        return { type: block.type, text: block.text[locale] }
      case 'facts':
        return {
          type: block.type,
          items: block.items.map((item) => ({
            label: item.label[locale],
            value: String(item.value),
          })),
        }
      case 'table':
        return {
          type: block.type,
          columns: block.columns.map((column, index) => ({
            key: `c${index}`,
            label: column[locale],
          })),
          rows: block.rows.map((row) =>
            Object.fromEntries(row.map((cell, index) => [`c${index}`, String(cell)]))
          ),
          empty: block.empty[locale],
        }
    }
  })
}
