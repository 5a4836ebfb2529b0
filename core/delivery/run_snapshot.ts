import type pg from 'pg'

export type ContentSnapshot = {
  readonly parts: Readonly<
    Record<string, { readonly as: 'line' | 'text' | 'html'; readonly source: string }>
  >
}

/** A run as the engine needs it: what was frozen at launch, and what its work costs */
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
  readonly kind: 'messaging' | 'media' | 'engagement'
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
}

/** Loads a run with its campaign, account and quote; null when it does not exist */
export async function loadRun(pool: pg.Pool, runId: number): Promise<Run | null> {
  const { rows } = await pool.query({
    name: 'load_run',
    text: `select r.id, r.campaign_id "campaignId", r.account_id "accountId", a.name "accountName", a.address "accountAddress", a.locale,
                  c.name "campaignName", c.channel, c.plugin_id "pluginId", c.kind, r.state, r.snapshot,
                  json_build_object('reachable', q.reachable, 'unitPrices', q.unit_prices, 'currency', q.currency) quote,
                  r.hold_n "holdN"
             from campaign_runs r
             join campaigns c on c.id = r.campaign_id
             join accounts a on a.id = r.account_id
             join campaign_holds h on h.campaign_id = r.campaign_id and h.n = r.hold_n
             join quotes q on q.id = h.quote_id
            where r.id = $1`,
    values: [runId],
  })
  return (rows[0] as Run | undefined) ?? null
}
