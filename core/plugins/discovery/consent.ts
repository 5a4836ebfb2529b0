import type { Capabilities } from '../types.js'

/** One permission as the admin reads it: key of a sentence (`plugins.may.…`) and its values */
export type Permission = { readonly key: string; readonly data: Readonly<Record<string, string>> }

/** What a plugin asks for, in plain sentences */
export function permissions(asked: Capabilities): readonly Permission[] {
  const may = (key: string, items: readonly string[] = []): Permission => ({
    key: `plugins.may.${key}`,
    data: { items: items.join(', ') },
  })
  const fixed = (asked.http?.hosts ?? []).filter((host) => !host.startsWith('settings.'))
  const fromSettings = (asked.http?.hosts ?? [])
    .filter((host) => host.startsWith('settings.'))
    .map((host) => host.slice('settings.'.length))
  return [
    ...(fixed.length > 0 ? [may('http', fixed)] : []),
    ...(fromSettings.length > 0 ? [may('http_settings', fromSettings)] : []),
    ...(asked.tcp ? [may('tcp')] : []),
    ...(asked.secrets ? [may('secrets', asked.secrets)] : []),
    ...(asked.storage ? [may('storage')] : []),
    ...(asked.database ? [may('database')] : []),
    ...(asked.webhooks ? [may('webhooks', asked.webhooks)] : []),
    ...(asked.schedule ? [may('schedule')] : []),
    ...(asked.contacts ? [may('contacts', asked.contacts)] : []),
    ...(asked.pages ? [may('pages', asked.pages)] : []),
  ]
}

/** The part of what is asked for that was not granted before: an upgrade needs consent for it */
export function notGranted(asked: Capabilities, granted: Capabilities): Capabilities {
  const hosts = without(asked.http?.hosts, granted.http?.hosts)
  const lists = Object.fromEntries(
    (['secrets', 'webhooks', 'contacts', 'pages'] as const)
      .map((name) => [name, without(asked[name], granted[name])])
      .filter(([, rest]) => (rest?.length ?? 0) > 0)
  ) as Pick<Capabilities, 'secrets' | 'webhooks' | 'contacts' | 'pages'>
  const switches = Object.fromEntries(
    (['tcp', 'storage', 'database', 'schedule'] as const)
      .filter((name) => asked[name] && !granted[name])
      .map((name) => [name, {}])
  ) as Pick<Capabilities, 'tcp' | 'storage' | 'database' | 'schedule'>
  return { ...(hosts.length > 0 ? { http: { hosts } } : {}), ...lists, ...switches }
}

/** What was asked for and granted: the rest of an old consent, and what was never agreed to, do not count */
export function inBoth(asked: Capabilities, granted: Capabilities): Capabilities {
  const missing = notGranted(asked, granted)
  const hosts = without(asked.http?.hosts, missing.http?.hosts)
  const lists = Object.fromEntries(
    (['secrets', 'webhooks', 'contacts', 'pages'] as const)
      .filter((name) => asked[name])
      .map((name) => [name, without(asked[name], missing[name])] as const)
      .filter(([, kept]) => kept.length > 0)
  ) as Pick<Capabilities, 'secrets' | 'webhooks' | 'contacts' | 'pages'>
  const switches = Object.fromEntries(
    (['tcp', 'storage', 'database', 'schedule'] as const)
      .filter((name) => asked[name] && granted[name])
      .map((name) => [name, {}])
  ) as Pick<Capabilities, 'tcp' | 'storage' | 'database' | 'schedule'>
  return { ...(hosts.length > 0 ? { http: { hosts } } : {}), ...lists, ...switches }
}

function without(
  asked: readonly string[] = [],
  granted: readonly string[] = []
): readonly string[] {
  return asked.filter((item) => !granted.includes(item))
}
