import { systemClock } from '#core/database/clock'
import i18nManager from '@adonisjs/i18n/services/main'
import logger from '@adonisjs/core/services/logger'
import transmit from '@adonisjs/transmit/services/main'
import { sql } from '#core/database/sql'
import { LIVE_LOCALES, liveChannel } from './live_channels.js'
import { liveMessages } from './live_message.js'
import { NotificationListener } from './notification_listener.js'

/** A page needs no more than two pictures a second */
const EVERY_MS = 500
/** A page that hears nothing for longer than three of these knows that its connection is lost */
const AT_LEAST_EVERY_MS = 15_000
/** Runs whose campaign is remembered */
const KEPT = 1_000

export type LiveBridge = { stop(): Promise<void> }

/**
 * Carries what workers say over Postgres to the pages that are open in this web process: figures of a campaign at most twice
 * a second, at least four times a minute, and only while somebody looks.
 */
export async function startLiveBridge(): Promise<LiveBridge> {
  const bridge = new Bridge()
  const listener = new NotificationListener({
    channels: ['run_progress', 'campaign_changed'],
    onNotification: (channel, payload) => void bridge.heard(channel, payload),
    /** What changed while nobody listened is told now */
    onConnected: () => bridge.tellAll(),
  })
  /** A page that was read just before a change, and listens just after, must hear of it */
  const forget = transmit.on('subscribe', ({ channel }) => bridge.subscribed(channel))
  await listener.start()
  const still = setInterval(() => bridge.tellAll(), AT_LEAST_EVERY_MS)
  still.unref()
  return {
    stop: async () => {
      clearInterval(still)
      forget()
      bridge.stop()
      await listener.close()
    },
  }
}

class Bridge {
  #waiting = new Map<string, NodeJS.Timeout>()
  #lastTold = new Map<string, number>()
  #campaigns = new Map<number, string>()

  async heard(channel: string, payload: string): Promise<void> {
    if (channel === 'campaign_changed') return this.#soon(payload)
    if (transmit.getManager().getAllSubscribers().size === 0) return
    const campaignId = await this.#campaignOf(Number(payload)).catch((error: unknown) =>
      this.#failed(error)
    )
    if (campaignId) this.#soon(campaignId)
  }

  subscribed(channel: string): void {
    const campaignId = /^campaigns\/([0-9a-f-]{36})\//.exec(channel)?.[1]
    if (campaignId) this.#soon(campaignId)
  }

  tellAll(): void {
    for (const campaignId of this.#lastTold.keys()) this.#soon(campaignId)
  }

  stop(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer)
    this.#waiting.clear()
  }

  /** Now, or half a second after the last picture; what is said meanwhile is one picture */
  #soon(campaignId: string) {
    if (this.#waiting.has(campaignId)) return
    const wait = Math.max(0, (this.#lastTold.get(campaignId) ?? 0) + EVERY_MS - Date.now())
    const timer = setTimeout(
      () => void this.#tell(campaignId).catch((error: unknown) => this.#failed(error)),
      wait
    )
    timer.unref()
    this.#waiting.set(campaignId, timer)
  }

  async #tell(campaignId: string): Promise<void> {
    this.#waiting.delete(campaignId)
    if (
      !LIVE_LOCALES.some(
        (locale) => transmit.getSubscribersFor(liveChannel(campaignId, locale)).length > 0
      )
    ) {
      this.#lastTold.delete(campaignId)
      return
    }
    this.#lastTold.set(campaignId, Date.now())
    const t = (locale: string, key: string, data: Record<string, unknown>) =>
      i18nManager.locale(locale).t(key, data)
    for (const { locale, message } of await liveMessages({
      campaignId,
      now: systemClock.now(),
      t,
    })) {
      transmit.broadcast(liveChannel(campaignId, locale), message)
    }
  }

  async #campaignOf(runId: number): Promise<string | null> {
    const known = this.#campaigns.get(runId)
    if (known) return known
    if (!Number.isSafeInteger(runId)) return null
    const [row] = await sql<{ campaign_id: string }>(
      'select campaign_id from campaign_runs where id = $1',
      [runId]
    )
    if (!row) return null
    if (this.#campaigns.size >= KEPT)
      this.#campaigns.delete(this.#campaigns.keys().next().value as number)
    this.#campaigns.set(runId, row.campaign_id)
    return row.campaign_id
  }

  #failed(error: unknown): null {
    logger.warn({ err: error }, 'Live progress could not be told; pages keep what they have')
    return null
  }
}
