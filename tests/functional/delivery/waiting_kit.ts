import { createCampaign } from '#core/campaigns/create_campaign'
import { findCampaign } from '#core/campaigns/find_campaign'
import { launchCampaign } from '#core/campaigns/launch_campaign'
import { payCampaign } from '#core/campaigns/pay_campaign'
import { quoteCampaign } from '#core/campaigns/quote_campaign'
import { sql } from '#core/database/sql'
import { expandRun } from '#core/delivery/expand_run'
import { deliveryPool } from '#core/delivery/pool'
import { loadRun, type Run } from '#core/delivery/run_snapshot'
import { THIS_WORKER } from '#core/jobs/this_worker'
import { createStaffMember } from '#core/identity/create_staff_member'
import { randomUUID } from 'node:crypto'
import { aList, aService, type Client } from '#tests/line_kit'

export const PLUGIN = 'fixture_messaging'

/** A launched campaign whose run is expanded and not begun */
export async function anExpandedRun(
  client: Client,
  people: number | readonly string[],
  name = 'Essai'
): Promise<Run> {
  const created = await createCampaign({
    accountId: client.accountId,
    service: await aService(PLUGIN),
    name,
    brief: { subject: 'Bonjour', text: 'Bonjour' },
    listIds: [await aList(client, people)],
    by: client.by,
  })
  const quote = await quoteCampaign({ campaign: created, by: client.by })
  const campaign = await findCampaign(client.accountId, created.id)
  await payCampaign({ campaign, quoteId: quote.id, by: client.by })
  await launchCampaign({ campaign, by: client.by })
  const [{ id }] = await sql<{ id: number }>(
    'select id from campaign_runs where campaign_id = $1::uuid',
    [campaign.id]
  )
  const run = await loadRun(deliveryPool(), id)
  if (!run) throw new Error('no run')
  await expandRun(run, 'email')
  return run
}

/** A worker on the list, until the function that it returns is called */
export async function aWorker(): Promise<() => Promise<void>> {
  await sql(
    `insert into workers (id, host, pid, figures) values ($1::uuid, 'machine-1', 4242, '{"rss": 104857600}')`,
    [THIS_WORKER]
  )
  return async () => {
    await sql('delete from workers where id = $1::uuid', [THIS_WORKER])
  }
}

export const aStaffMember = (role: 'admin' | 'support') =>
  createStaffMember({
    email: `${randomUUID()}@griot.test`,
    fullName: role === 'admin' ? 'Ama Diop' : 'Kofi Mensah',
    password: 'une phrase assez longue',
    role,
  })
