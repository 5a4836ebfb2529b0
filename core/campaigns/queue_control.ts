import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'

/** Queues a call that makes the far side of live media and engagement runs follow the campaign's state */
export async function queueControl(o: {
  campaignId: string
  trx: TransactionClientContract
}): Promise<void> {
  const runs = await sql<{ id: number }>(
    `select r.id from campaign_runs r join campaigns c on c.id = r.campaign_id
      where r.campaign_id = $1::uuid and r.state in ('expanding', 'running') and c.kind <> 'messaging'`,
    [o.campaignId],
    o.trx
  )
  for (const run of runs) await addJob('delivery.control', { runId: run.id }, { trx: o.trx })
}
