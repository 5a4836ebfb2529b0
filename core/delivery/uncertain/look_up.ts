import type { Outcome } from '@griot/sdk'
import logger from '@adonisjs/core/services/logger'
import type { MessagingDescription } from '#core/plugins/hosts/description'
import pluginKernel from '#core/plugins/main'

/** Whether the far side of a channel can be asked what became of a message; false as well while its plugin is away */
export function canBeAsked(channelId: string): boolean {
  const found = pluginKernel.channels().find((one) => one.channelId === channelId)
  return found?.channel.kind === 'messaging' && found.channel.idempotency === 'lookup'
}

/**
 * Asks the far side what became of deliveries whose answer was lost, a few at a time. One that cannot be asked stays unknown.
 *
 * @param o.seqs deliveries of the run
 * @returns what it said, in the same order; all unknown when the channel cannot ask
 */
export async function lookUp(o: {
  pluginId: string
  channelId: string
  channel: MessagingDescription
  runId: number
  seqs: readonly number[]
}): Promise<Outcome[]> {
  const { channel } = o
  if (channel.idempotency !== 'lookup')
    return o.seqs.map(() => ({ status: 'unknown', detail: 'nobody can be asked' }))
  const said: Outcome[] = []
  const ask = async (seq: number): Promise<Outcome> => {
    const deliveryId = `${o.runId}.${seq}`
    try {
      return await pluginKernel.calls.call(
        o.pluginId,
        `channels.${o.channelId}.lookup`,
        { deliveryId, idempotencyKey: deliveryId },
        { timeoutMs: channel.limits.timeoutMs }
      )
    } catch (error) {
      /** The kernel has counted the failure */
      logger.warn({ err: error, pluginId: o.pluginId, runId: o.runId, seq }, 'a look-up failed')
      return { status: 'unknown', detail: (error as { code?: string }).code ?? 'E_PLUGIN_THREW' }
    }
  }
  const atOnce = Math.max(1, channel.limits.concurrency)
  for (let n = 0; n < o.seqs.length; n += atOnce)
    said.push(...(await Promise.all(o.seqs.slice(n, n + atOnce).map(ask))))
  return said
}
