import type pg from 'pg'

export type ContentSnapshot = {
  readonly parts: Readonly<
    Record<string, { readonly as: 'line' | 'text' | 'html'; readonly source: string }>
  >
  /** Address of each tracked link by its index, as the author wrote it; runs frozen before have none */
  readonly links?: readonly string[]
}

export type FrequencyCap = { readonly messages: number; readonly days: number }

/** What an account and a campaign ask of the engine. Both hold: where they differ the stricter one does */
export type RunRules = {
  /** Wall-clock hours, in the contact's zone, in which nothing is handed over */
  readonly quiet: readonly { readonly from: string; readonly until: string }[]
  /** The account's zone, for contacts whose own is not known */
  readonly zone: string
  /** At most so many messages of the account to one address in so many days */
  readonly caps: readonly FrequencyCap[]
  readonly canaryPercent: number | null
  /** Leave out whom an earlier run of the campaign reached */
  readonly newcomersOnly: boolean
  readonly pacePerHour: number | null
  /** What is not sent by then is given up */
  readonly deadline: Date | null
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
  readonly rules: RunRules
  readonly canaryState: 'sending' | 'waiting' | 'passed' | 'failed' | null
}

/** Loads a run with its campaign, account and quote; null when it does not exist */
export async function loadRun(pool: pg.Pool, runId: number): Promise<Run | null> {
  const { rows } = await pool.query({
    name: 'load_run',
    text: `select r.id, r.campaign_id "campaignId", r.account_id "accountId", a.name "accountName", a.address "accountAddress", a.locale,
                  c.name "campaignName", c.channel, c.plugin_id "pluginId", c.kind, r.state, r.snapshot,
                  json_build_object('reachable', q.reachable, 'unitPrices', q.unit_prices, 'currency', q.currency) quote,
                  r.hold_n "holdN", r.canary_state "canaryState", r.deadline_at, a.timezone, c.canary_percent, c.newcomers_only, c.pace_per_hour,
                  a.quiet_from a_from, a.quiet_until a_until, c.quiet_from c_from, c.quiet_until c_until,
                  a.cap_messages a_messages, a.cap_days a_days, c.cap_messages c_messages, c.cap_days c_days
             from campaign_runs r
             join campaigns c on c.id = r.campaign_id
             join accounts a on a.id = r.account_id
             join campaign_holds h on h.campaign_id = r.campaign_id and h.n = r.hold_n
             join quotes q on q.id = h.quote_id
            where r.id = $1`,
    values: [runId],
  })
  const row = rows.at(0)
  if (!row) return null
  const {
    deadline_at: deadline,
    timezone: zone,
    canary_percent: canaryPercent,
    newcomers_only: newcomersOnly,
    pace_per_hour: pacePerHour,
    ...rest
  } = row
  return {
    ...pickRun(rest),
    rules: {
      quiet: pairs(row, 'from', 'until').map(([from, until]) => ({ from, until })) as Quiet,
      caps: pairs(row, 'messages', 'days').map(([messages, days]) => ({ messages, days })) as Caps,
      zone,
      canaryPercent,
      newcomersOnly,
      pacePerHour,
      deadline,
    },
  }
}

type Quiet = RunRules['quiet']
type Caps = RunRules['caps']

const COLUMNS = [
  'id',
  'campaignId',
  'accountId',
  'accountName',
  'accountAddress',
  'locale',
  'campaignName',
  'channel',
  'pluginId',
  'kind',
  'state',
  'snapshot',
  'quote',
  'holdN',
  'canaryState',
] as const

function pickRun(row: Record<string, unknown>): Omit<Run, 'rules'> {
  return Object.fromEntries(COLUMNS.map((name) => [name, row[name]])) as Omit<Run, 'rules'>
}

/** The account's pair and the campaign's, those that are set */
function pairs(row: Record<string, unknown>, first: string, second: string) {
  return ['a', 'c'].flatMap((who) =>
    row[`${who}_${first}`] === null ? [] : [[row[`${who}_${first}`], row[`${who}_${second}`]]]
  )
}
