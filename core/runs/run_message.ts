import type { ContentParts } from '#core/content/compile_content'
import { sql } from '#core/database/sql'

export type TrackedPart = ContentParts[string]

/** What of a frozen run answers a click or shows a message again */
export type RunMessage = {
  readonly runId: number
  readonly accountId: string
  readonly accountName: string
  readonly accountAddress: string
  readonly locale: string
  readonly campaignName: string
  readonly subject: string
  readonly parts: Readonly<Record<string, TrackedPart>>
  /** Address of each link by its index, Liquid inside left as it is */
  readonly links: ReadonlyMap<number, string>
}

/** Runs are frozen, so what was read once stays true; a few hundred are kept */
const KEPT = 300
const cache = new Map<number, RunMessage>()

/** Reads a run for tracking; null when it does not exist */
export async function runMessage(runId: number): Promise<RunMessage | null> {
  const known = cache.get(runId)
  if (known) return known

  const [row] = await sql<{
    account_id: string
    account_name: string
    account_address: string
    locale: string
    campaign_name: string
    snapshot: {
      brief: Record<string, unknown>
      content: { parts: Record<string, TrackedPart> } | null
    }
    links: Record<string, string> | null
  }>(
    `select r.account_id, a.name account_name, a.address account_address, a.locale, r.campaign_name, r.snapshot,
            (select jsonb_object_agg(l.n, l.url) from run_links l where l.run_id = r.id) links
       from campaign_runs r join accounts a on a.id = r.account_id where r.id = $1`,
    [runId]
  )
  if (!row) return null

  const run: RunMessage = {
    runId,
    accountId: row.account_id,
    accountName: row.account_name,
    accountAddress: row.account_address,
    locale: row.locale,
    campaignName: row.campaign_name,
    subject: String(row.snapshot.brief.subject ?? row.campaign_name),
    parts: row.snapshot.content?.parts ?? {},
    links: new Map(Object.entries(row.links ?? {}).map(([n, url]) => [Number(n), url])),
  }
  if (cache.size >= KEPT) cache.delete(cache.keys().next().value as number)
  cache.set(runId, run)
  return run
}
