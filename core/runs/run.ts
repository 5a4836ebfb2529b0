import type { Settlement } from '@griot/sdk'
import type { ContentKind } from '#core/content/liquid/liquid_engine'

export type ContentSnapshot = {
  readonly parts: Readonly<Record<string, { readonly as: ContentKind; readonly source: string }>>
  /** Address of each tracked link by its index, as the author wrote it; runs frozen before have none */
  readonly links?: readonly string[]
}

export type FrequencyCap = { readonly messages: number; readonly days: number }
export type QuietHours = { readonly from: string; readonly until: string }

/** What a campaign asks of the engine for one run, as it was when the run began */
export type CampaignRules = {
  readonly quiet: QuietHours | null
  readonly cap: FrequencyCap | null
  /** Percent of the recipients that are sent to first and watched; null sends to all at once */
  readonly canaryPercent: number | null
  /** Leave out whom an earlier run of the campaign reached */
  readonly newcomersOnly: boolean
  /** Ask for consent: reach those who have not answered and were not asked before, and nobody else */
  readonly asksConsent: boolean
  /** When its messages are charged, as its channel said; runs from before have none, and are charged on acceptance */
  readonly settlement?: Settlement
}

/** What an account and a campaign ask of the engine. Both hold: where they differ the stricter one does */
export type RunRules = {
  /** Wall-clock hours, in the contact's zone, in which nothing is handed over */
  readonly quiet: readonly QuietHours[]
  /** The account's zone, for contacts whose own is not known */
  readonly zone: string
  /** At most so many messages of the account to one address in so many days */
  readonly caps: readonly FrequencyCap[]
  readonly canaryPercent: number | null
  readonly newcomersOnly: boolean
  readonly asksConsent: boolean
  readonly settlement: Settlement
  /** What is not sent by then is given up */
  readonly deadline: Date | null
}

export type RunKind = 'messaging' | 'media' | 'engagement'

/** One publication of a campaign: what was frozen at its launch, and what its work costs */
export type Run = {
  readonly id: number
  readonly campaignId: string
  readonly accountId: string
  readonly accountName: string
  readonly accountAddress: string
  readonly locale: string
  readonly campaignName: string
  readonly channel: string
  readonly pluginId: string
  readonly kind: RunKind
  readonly state: 'expanding' | 'running' | 'finished' | 'cancelled' | 'failed'
  readonly snapshot: {
    readonly brief: Record<string, unknown>
    readonly content: ContentSnapshot | null
    readonly listIds: readonly string[]
  }
  readonly quote: {
    readonly reachable: number
    readonly unitPrices: Readonly<Record<string, string>>
    readonly currency: string
  }
  readonly holdN: number
  readonly rules: RunRules
  readonly canaryState: 'sending' | 'waiting' | 'passed' | 'failed' | null
}
