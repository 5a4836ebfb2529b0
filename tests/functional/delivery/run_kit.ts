import { createCampaign } from '#core/campaigns/brief/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/lifecycle/launch_campaign'
import type Campaign from '#core/campaigns/models/campaign'
import { payCampaign } from '#core/campaigns/lifecycle/pay_campaign'
import { quoteCampaign } from '#core/campaigns/brief/quote_campaign'
import { sql } from '#core/database/sql'
import { expandRun } from '#core/delivery/expansion/expand_run'
import { handOver } from '#core/delivery/dispatch/hand_over'
import { leaseChunk, type LeasedChunk } from '#core/delivery/dispatch/lease_chunk'
import { loadRun } from '#core/runs/load_run'
import type { Run } from '#core/runs/run'
import { THIS_WORKER } from '#core/jobs/this_worker'
import { aList, aService, type Client } from '#tests/line_kit'

/*
| Runs that tests take apart by hand: launched, or expanded as well, and their chunks and windows.
*/

export const PLUGIN = 'fixture_messaging'

type Wanted = {
  readonly name?: string
  readonly plugin?: string
  /** Columns of the campaign: its own rules */
  readonly rules?: Readonly<Record<string, unknown>>
}

/** A paid and launched campaign whose run nobody has begun to send */
export async function aLaunchedRun(
  client: Client,
  people: number | readonly string[],
  o: Wanted = {}
): Promise<{ run: Run; campaign: Campaign }> {
  const created = await createCampaign({
    accountId: client.accountId,
    service: await aService(o.plugin ?? PLUGIN),
    name: o.name ?? 'Essai',
    brief: { subject: 'Bonjour', text: 'Bonjour' },
    listIds: [await aList(client, people)],
    by: client.by,
  })
  const rules = Object.entries(o.rules ?? {})
  if (rules.length > 0)
    await sql(
      `update campaigns set ${rules.map(([column], n) => `${column} = $${n + 2}`).join(', ')} where id = $1::uuid`,
      [created.id, ...rules.map(([, value]) => value)]
    )
  const quote = await quoteCampaign({ campaign: created, by: client.by, now: new Date() })
  const campaign = await findCampaign(client.accountId, created.id)
  await payCampaign({ campaign, quoteId: quote.id, by: client.by, now: new Date() })
  await launchCampaign({ campaign, by: client.by, now: new Date() })
  const [{ id }] = await sql<{ id: number }>(
    'select id from campaign_runs where campaign_id = $1::uuid',
    [campaign.id]
  )
  return { run: await theRun(id), campaign }
}

/** The same, expanded and not begun */
export async function anExpandedRun(
  client: Client,
  people: number | readonly string[],
  o: Wanted = {}
): Promise<Run> {
  const { run } = await aLaunchedRun(client, people, o)
  await expandRun(run, 'email')
  return theRun(run.id)
}

/** A run as it stands now */
export async function theRun(id: number): Promise<Run> {
  const run = await loadRun(id)
  if (!run) throw new Error('no run')
  return run
}

export const lease = (run: Run) => leaseChunk({ runId: run.id, owner: THIS_WORKER })

/** Leases a chunk that must be there */
export async function aChunk(run: Run): Promise<LeasedChunk> {
  const chunk = await lease(run)
  if (!chunk) throw new Error('no chunk')
  return chunk
}

/** What happens to the leases of a run when their worker is silent for too long */
export const expireLeases = (run: Run) =>
  sql(`update delivery_chunks set lease_until = now() - interval '1 second' where run_id = $1`, [
    run.id,
  ])

/** Hands over the rows of a chunk that lie between two places */
export const hand = (run: Run, chunk: LeasedChunk, from: number, to: number) =>
  handOver({
    chunk,
    seqs: chunk.rows.map((row) => row.seq).filter((seq) => seq >= from && seq <= to),
    accountId: run.accountId,
    caps: run.rules.caps,
  })
