import type { PluginDefinition } from '@griot/sdk'
import type { Manifest } from '../types.js'

/**
 * Holds what the code registers against what the manifest promised.
 *
 * @returns every difference as a sentence; none when they are equal
 */
export function mismatches(manifest: Manifest, definition: PluginDefinition): string[] {
  const found: string[] = []
  if (definition.id !== manifest.id)
    found.push(`the manifest's id is "${manifest.id}" and the code's is "${definition.id}"`)
  if (definition.apiVersion !== manifest.apiVersion) {
    found.push(
      `the manifest's apiVersion is ${manifest.apiVersion} and the code was made with version ${definition.apiVersion}`
    )
  }

  const { contributes } = manifest
  compare('channels', contributes.channels, Object.keys(definition.channels))
  compare('gateways', contributes.gateways, Object.keys(definition.gateways))
  compare('tasks', contributes.tasks, Object.keys(definition.tasks))
  compare('webhooks', contributes.webhooks, webhookNames(definition))
  compare('pages', contributes.pages, Object.keys(definition.pages))
  compare('simulators', contributes.simulators, Object.keys(definition.simulators))
  compare('capabilities', Object.keys(manifest.capabilities), definition.capabilities)
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
export function webhookNames(definition: PluginDefinition): string[] {
  const receipts = Object.values(definition.channels).flatMap((channel) =>
    channel.kind === 'messaging' && channel.receipts ? [channel.receipts.webhook] : []
  )
  return [...new Set([...Object.keys(definition.webhooks), ...receipts])]
}
