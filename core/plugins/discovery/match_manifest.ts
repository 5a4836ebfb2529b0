import type { PluginDescription } from '../hosts/description.js'
import type { Manifest } from '../types.js'

/**
 * Holds what the code registers against what the manifest promised.
 *
 * @returns every difference as a sentence; none when they are equal
 */
export function mismatches(manifest: Manifest, plugin: PluginDescription): string[] {
  const found: string[] = []
  if (plugin.id !== manifest.id)
    found.push(`the manifest's id is "${manifest.id}" and the code's is "${plugin.id}"`)
  if (plugin.apiVersion !== manifest.apiVersion) {
    found.push(
      `the manifest's apiVersion is ${manifest.apiVersion} and the code was made with version ${plugin.apiVersion}`
    )
  }

  const { contributes } = manifest
  compare('channels', contributes.channels, Object.keys(plugin.channels))
  compare('gateways', contributes.gateways, plugin.gateways)
  compare('tasks', contributes.tasks, plugin.tasks)
  compare('webhooks', contributes.webhooks, webhookNames(plugin))
  compare('pages', contributes.pages, Object.keys(plugin.pages))
  compare('simulators', contributes.simulators, plugin.simulators)
  compare('capabilities', Object.keys(manifest.capabilities), plugin.capabilities)
  return found

  function compare(what: string, promised: readonly string[], registered: readonly string[]) {
    const missing = promised.filter((name) => !registered.includes(name))
    const extra = registered.filter((name) => !promised.includes(name))
    if (missing.length > 0)
      found.push(
        `${what}: the manifest lists ${missing.join(', ')}, which the code does not register`
      )
    if (extra.length > 0)
      found.push(
        `${what}: the code registers ${extra.join(', ')}, which the manifest does not list`
      )
  }
}

/** Webhooks of the plugin, and those its channels receive receipts under */
function webhookNames(plugin: PluginDescription): string[] {
  const receipts = Object.values(plugin.channels).flatMap((channel) =>
    channel.kind === 'messaging' && channel.receipts !== null ? [channel.receipts] : []
  )
  return [...new Set([...plugin.webhooks, ...receipts])]
}
