import { campaignList, type CampaignRow } from '#core/campaigns/overview/campaign_list'
import { sql } from '#core/database/sql'
import { walletBalance, type WalletBalance } from '#core/ledger/wallet_balance'
import { waitingFor, type Waiting } from './waiting_for.js'

/** Rows of each list of the page */
const SHOWN = 5
/** Contacts counted at most: past it the page says « plus de 10 000 » */
export const MOST_COUNTED = 10_000

export type PortalDashboard = {
  readonly balance: WalletBalance
  readonly running: readonly CampaignRow[]
  readonly finished: readonly CampaignRow[]
  readonly waiting: readonly Waiting[]
  readonly contacts: number
  /** What a new account has done of its first steps; null once a campaign was launched */
  readonly firstSteps: {
    readonly contacts: boolean
    readonly template: boolean
    readonly campaign: boolean
  } | null
}

/** What somebody wants to know when they come in: what they have, what runs, what waits for them */
export async function portalDashboard(o: {
  accountId: string
  currency: string
}): Promise<PortalDashboard> {
  const [balance, running, finished, known] = await Promise.all([
    walletBalance(o),
    campaignList({ accountId: o.accountId, view: 'running', search: null, cursor: null }),
    campaignList({ accountId: o.accountId, view: 'finished', search: null, cursor: null }),
    whatThereIs(o.accountId),
  ])
  return {
    balance,
    running: running.rows.slice(0, SHOWN),
    finished: finished.rows.filter((row) => row.audience !== null).slice(0, SHOWN),
    waiting: await waitingFor({ accountId: o.accountId, available: balance.available }),
    contacts: known.contacts,
    firstSteps: known.launched
      ? null
      : { contacts: known.contacts > 0, template: known.template, campaign: known.campaign },
  }
}

/** Rows in: 10,001 contacts at most, by index; the rest are look-ups */
async function whatThereIs(accountId: string) {
  const [row] = await sql<{
    contacts: number
    template: boolean
    campaign: boolean
    launched: boolean
  }>(
    `select (select count(*)::int from (select 1 from contacts where account_id = $1::uuid
      limit $2) c) contacts,
            exists (select 1 from templates where account_id = $1::uuid
              and archived_at is null) template,
            exists (select 1 from campaigns where account_id = $1::uuid
              and state <> 'cancelled') campaign,
            exists (select 1 from campaigns c join campaign_runs r on r.campaign_id = c.id
              where c.account_id = $1::uuid) launched`,
    [accountId, MOST_COUNTED + 1]
  )
  return row
}
