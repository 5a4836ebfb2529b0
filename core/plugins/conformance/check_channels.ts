import type { Channel, PluginDefinition } from '@griot/sdk'
import { ConformanceError } from './conformance_error.js'
import { schemaOf } from './check_schemas.js'

const broken = (message: string) => new ConformanceError('C_CHANNEL', message)

/**
 * What the types cannot say about channels: units that can be priced, limits that can be kept, fields that exist.
 *
 * @throws C_CHANNEL
 */
export function checkChannels(definition: PluginDefinition): void {
  for (const [id, channel] of Object.entries(definition.channels)) {
    if (Object.keys(channel.units).length === 0)
      throw broken(`${id} has no unit. Without one it cannot be priced`)
    for (const unit of Object.keys(channel.units)) {
      if (!/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/.test(unit))
        throw broken(`${id}: the unit "${unit}" is not named channel.thing`)
    }
    for (const text of [channel.title, channel.description])
      if (!text.fr || !text.en) throw broken(`${id}: title and description need French and English`)
    checkKind(id, channel)
  }
}

function checkKind(id: string, channel: Channel): void {
  switch (channel.kind) {
    case 'messaging': {
      const { batch, concurrency, perSecond, timeoutMs } = channel.limits
      if (!inside(batch, 1, 1_000))
        throw broken(
          `${id}: limits.batch is ${batch}. Between 1 and 1,000: a killed worker leaves batch × concurrency uncertain`
        )
      if (!inside(concurrency, 1, 100))
        throw broken(`${id}: limits.concurrency is ${concurrency}. Between 1 and 100`)
      if (!inside(timeoutMs, 100, 600_000))
        throw broken(`${id}: limits.timeoutMs is ${timeoutMs}. Between 100 and 600,000`)
      if (perSecond !== null && !(perSecond > 0))
        throw broken(`${id}: limits.perSecond is ${perSecond}. Above 0, or null for no limit`)
      if (channel.idempotency === 'lookup' && !channel.lookup)
        throw broken(`${id}: idempotency "lookup" needs the function lookup`)
      const fields = Object.keys(schemaOf(channel.brief).properties ?? {})
      for (const [part, { from }] of Object.entries(channel.content)) {
        if (!fields.includes(from))
          throw broken(
            `${id}: content.${part} comes from the brief's field "${from}", which does not exist`
          )
      }
      return
    }
    case 'media':
    case 'engagement':
      return
  }
}

const inside = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most
