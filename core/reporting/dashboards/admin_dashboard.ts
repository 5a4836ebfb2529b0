import { campaignList, type CampaignRow } from '#core/campaigns/overview/campaign_list'
import { sql } from '#core/database/sql'
import { queueDepth, type QueueDepth } from '#core/jobs/queue_depth'
import type { BrokenInvariant } from '#core/ledger/broken_invariants'
import pluginKernel from '#core/plugins/main'
import { ledgerWatch } from '../health/ledger_watch.js'

/** Running campaigns that the page lists */
const SHOWN = 10
/** A plugin in one of these waits for the operator */
const TROUBLED: ReadonlySet<string> = new Set([
  'degraded',
  'quarantined',
  'invalid',
  'incompatible',
  'missing',
])

export type TroubledPlugin = {
  readonly id: string
  readonly title: { readonly fr: string; readonly en: string }
  readonly status: string
  readonly why: string
}

export type AdminDashboard = {
  readonly running: readonly CampaignRow[]
  readonly runningCount: number
  readonly messagesToday: number
  readonly uncertain: number
  readonly clients: number
  readonly queue: QueueDepth | null
  readonly plugins: readonly TroubledPlugin[]
  readonly broken: readonly BrokenInvariant[]
  readonly booksCheckedAt: Date
  readonly at: Date
}

/** How the platform is: what runs, what is stuck, whether the books close */
export async function adminDashboard(o: { now: Date }): Promise<AdminDashboard> {
  const [running, figures, queue, plugins, books] = await Promise.all([
    campaignList({ accountId: null, view: 'running', search: null, cursor: null }),
    platformFigures(),
    queueDepth(),
    troubledPlugins(),
    ledgerWatch.look(o.now),
  ])
  return {
    running: running.rows.slice(0, SHOWN),
    ...figures,
    queue,
    plugins,
    broken: books.broken,
    booksCheckedAt: books.at,
  }
}

/** Rows in: the runs that moved today with their minutes, and the runs that have something uncertain. Days begin at 0:00 UTC */
async function platformFigures() {
  const [row] = await sql<{
    runningCount: number
    messagesToday: number
    uncertain: number
    clients: number
    at: Date
  }>(
    `select (select count(*)::int from campaigns where state in ('running',
      'paused')) "runningCount",
            (select coalesce(sum(s.accepted), 0)::int from campaign_runs r
              join run_series s on s.run_id = r.id
              where r.last_outcome_at >= date_trunc('day', now(), 'UTC')
                and s.minute >= date_trunc('day', now(), 'UTC')) "messagesToday",
            (select coalesce(sum(uncertain), 0)::int from campaign_runs) uncertain,
            (select count(*)::int from accounts) clients, now() at`
  )
  return row
}

async function troubledPlugins(): Promise<TroubledPlugin[]> {
  const plugins = await pluginKernel.overview()
  return plugins
    .filter((plugin) => TROUBLED.has(plugin.status))
    .map((plugin) => ({
      id: plugin.id,
      title: plugin.found?.manifest?.title ?? { fr: plugin.id, en: plugin.id },
      status: plugin.status,
      why:
        plugin.row?.quarantine_reason ??
        plugin.row?.operation_error ??
        plugin.found?.problems.join(', ') ??
        '',
    }))
}
