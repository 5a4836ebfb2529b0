/**
 * Whether a host is among those of the manifest. `*.example.com` stands for every name below example.com,
 * `settings.base_url` for the host of that setting: a server that each operator has another of.
 */
export function hostIsListed(o: {
  host: string
  hosts: readonly string[]
  settings: Readonly<Record<string, unknown>>
}): boolean {
  const host = o.host.toLowerCase().replace(/\.$/, '')
  return o.hosts.some((listed) => {
    if (listed.startsWith('settings.'))
      return hostOfSetting(o.settings[listed.slice('settings.'.length)]) === host
    if (listed.startsWith('*.'))
      return host.endsWith(listed.slice(1)) && host.length > listed.length - 1
    return host === listed
  })
}

function hostOfSetting(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null
  try {
    return new URL(value.includes('://') ? value : `https://${value}`).hostname.toLowerCase()
  } catch {
    return null
  }
}
