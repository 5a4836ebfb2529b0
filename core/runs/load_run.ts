import { deliveryPool } from './delivery_pool.js'
import type { CampaignRules, FrequencyCap, QuietHours, Run } from './run.js'

type Row = Omit<Run, 'rules'> & {
  readonly rules: CampaignRules
  readonly deadline: Date | null
  readonly zone: string
  readonly accountQuiet: QuietHours | null
  readonly accountCap: FrequencyCap | null
}

/**
 * Reads a run with its account and its quote; null when it does not exist. By primary keys.
 */
export async function loadRun(runId: number): Promise<Run | null> {
  const { rows } = await deliveryPool().query<Row>({
    name: 'load_run',
    text: `select r.id, r.campaign_id "campaignId", r.account_id "accountId", a.name "accountName",
                  a.address "accountAddress", a.locale, r.campaign_name "campaignName", r.channel,
                  r.plugin_id "pluginId", r.kind, r.state, r.snapshot, r.hold_n "holdN",
                  r.canary_state "canaryState", r.rules, r.deadline_at deadline, a.timezone zone,
                  json_build_object('reachable', q.reachable, 'unitPrices', q.unit_prices,
                    'currency', q.currency) quote,
                  case when a.quiet_from is not null then json_build_object('from', a.quiet_from,
                    'until', a.quiet_until) end "accountQuiet",
                  case when a.cap_messages is not null
                    then json_build_object('messages', a.cap_messages,
                    'days', a.cap_days) end "accountCap"
             from campaign_runs r
             join accounts a on a.id = r.account_id
             join quotes q on q.id = r.quote_id
            where r.id = $1`,
    values: [runId],
  })
  const row = rows.at(0)
  if (!row) return null
  const { rules, deadline, zone, accountQuiet, accountCap, ...run } = row
  return {
    ...run,
    rules: {
      quiet: present([accountQuiet, rules.quiet]),
      caps: present([accountCap, rules.cap]),
      zone,
      canaryPercent: rules.canaryPercent,
      newcomersOnly: rules.newcomersOnly,
      asksConsent: rules.asksConsent ?? false,
      settlement: rules.settlement ?? { on: 'acceptance' },
      deadline,
    },
  }
}

const present = <T>(values: readonly (T | null)[]): T[] => values.filter((value) => value !== null)
