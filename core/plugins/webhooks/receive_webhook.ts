import { createHash } from 'node:crypto'
import type { DeliveryEvent, WebhookRequest } from '@griot/sdk'
import { sql } from '#core/database/sql'
import { PluginError } from '../errors.js'
import type { PluginDescription } from '../hosts/description.js'
import type { PluginKernel } from '../plugin_kernel.js'
import { factOfEvent } from './fact_of_event.js'

/** Milliseconds to check a receipt, and to read it */
const RECEIPTS_MS = 10_000
/** Milliseconds for a webhook of the plugin's own */
const OWN_WEBHOOK_MS = 15_000

export type WebhookReply = { readonly status: number; readonly body: string }

/**
 * Receives what the outside sends to `/hooks/<plugin>/<name>`. A channel's receipts are verified over the raw body,
 * then parsed, and a repetition of the same bytes is answered without being parsed again. Other webhooks are the
 * plugin's own: they may be repeated, since a payment notification often only says "ask again".
 *
 * @returns 200 taken over; 401 not verified; 404 no such webhook; 503 the plugin rests, send again later; 500 it failed
 */
export async function receiveWebhook(o: {
  kernel: PluginKernel
  pluginId: string
  name: string
  request: WebhookRequest
}): Promise<WebhookReply> {
  const { kernel, pluginId, name } = o
  const known = kernel.enabledPlugins().find((plugin) => plugin.id === pluginId)
  if (!known)
    return (await mayComeBack(o))
      ? { status: 503, body: 'not now' }
      : { status: 404, body: 'unknown' }
  if (!known.description.capabilities.includes('webhooks')) return { status: 404, body: 'unknown' }

  const sha256 = createHash('sha256')
    .update(name)
    .update(JSON.stringify(o.request.query))
    .update(o.request.rawBody)
    .digest('hex')
  const note = (verdict: 'accepted' | 'refused' | 'failed') =>
    sql(
      'insert into plugin_webhook_calls (plugin_id, name, sha256, verdict) values ($1, $2, $3, $4)',
      [pluginId, name, sha256, verdict]
    )

  const channelId = channelOfReceipts(known.description, name)
  try {
    if (channelId !== null) {
      if (await receivedBefore(pluginId, name, sha256))
        return { status: 200, body: 'received before' }
      const verified = await kernel.calls.call(
        pluginId,
        `channels.${channelId}.receipts.verify`,
        o.request,
        { timeoutMs: RECEIPTS_MS }
      )
      if (verified !== true) {
        await note('refused')
        return { status: 401, body: 'refused' }
      }
      const parse = `channels.${channelId}.receipts.parse` as const
      const events = await kernel.calls.call(pluginId, parse, o.request, {
        timeoutMs: RECEIPTS_MS,
      })
      await refuseWrongEvents(kernel, { pluginId, operation: parse, events })
      await kernel.ports().reportFacts({ pluginId, facts: events.map(factOfEvent) })
      await note('accepted')
      return { status: 200, body: 'ok' }
    }
    if (!known.description.webhooks.includes(name)) return { status: 404, body: 'unknown' }
    const reply = await kernel.calls.call(pluginId, `webhooks.${name}`, o.request, {
      timeoutMs: OWN_WEBHOOK_MS,
    })
    await note(reply.status < 400 ? 'accepted' : 'refused')
    return { status: reply.status, body: reply.body ?? '' }
  } catch (error) {
    await note('failed')
    kernel.options.logger.warn(
      { plugin: pluginId, webhook: name, err: error },
      'A webhook could not be taken over'
    )
    return { status: 500, body: 'failed' }
  }
}

/** The channel whose receipts come by a webhook; null when it is the plugin's own */
function channelOfReceipts(plugin: PluginDescription, webhook: string): string | null {
  const found = Object.entries(plugin.channels).find(
    ([, channel]) => channel.kind === 'messaging' && channel.receipts === webhook
  )
  return found?.[0] ?? null
}

/** A plugin that rests will be back: the far side should try again rather than give up */
async function mayComeBack(o: {
  kernel: PluginKernel
  pluginId: string
  name: string
}): Promise<boolean> {
  const plugin = (await o.kernel.survey()).find((known) => known.id === o.pluginId)
  return plugin?.row?.version
    ? (plugin.found?.manifest?.contributes.webhooks.includes(o.name) ?? true)
    : false
}

async function receivedBefore(pluginId: string, name: string, sha256: string): Promise<boolean> {
  const rows = await sql(
    `select 1 from plugin_webhook_calls where plugin_id = $1 and name = $2 and sha256 = $3
      and verdict = 'accepted' limit 1`,
    [pluginId, name, sha256]
  )
  return rows.length > 0
}

const KINDS = new Set([
  'delivered',
  'bounced',
  'opened',
  'clicked',
  'replied',
  'complained',
  'unsubscribed',
])

async function refuseWrongEvents(
  kernel: PluginKernel,
  o: { pluginId: string; operation: string; events: unknown }
): Promise<void> {
  const right = (event: unknown) => {
    const fact = event as Partial<DeliveryEvent> | null
    return (
      typeof fact?.providerKey === 'string' &&
      typeof fact.eventId === 'string' &&
      fact.at instanceof Date &&
      !Number.isNaN(fact.at.getTime()) &&
      KINDS.has(String(fact.kind))
    )
  }
  if (Array.isArray(o.events) && o.events.every(right)) return
  const failure = {
    pluginId: o.pluginId,
    code: 'E_PLUGIN_WRONG_RESULT',
    operation: o.operation,
    detail: 'parse must return a list of events with providerKey, kind, at and eventId',
  } as const
  await kernel.reportFailure(failure)
  throw new PluginError(failure)
}
