import { inTransaction } from '#core/database/in_transaction'
import { addToList } from '#core/audience/lists/add_to_list'
import { createList } from '#core/audience/lists/create_list'
import { duplicateCampaign } from '#core/campaigns/brief/duplicate_campaign'
import type Campaign from '#core/campaigns/models/campaign'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { NobodyToRelaunchError, RunLiveError } from '../errors.js'

/**
 * Begins a new campaign for contacts of a run that is over whose outcome nobody knows: a list of them, and a draft that says
 * the same. It is quoted and paid like any other. Their deliveries stay unknown; that they were meant again is written down.
 *
 * @param o.seqs the deliveries meant; all uncertain ones when absent. Those that were relaunched before are left out
 * @param o.listName 1 to 120 characters
 * @throws RunLiveError when the run goes on
 * @throws NobodyToRelaunchError when nobody is left to write to
 * @throws ListNameTakenError, ServiceWithdrawnError
 */
export async function relaunchUncertain(o: {
  campaign: { id: string; accountId: string }
  runId: number
  seqs?: readonly number[]
  listName: string
  name: (original: string) => string
  by: Actor
  why?: string
}): Promise<{ campaign: Campaign; contacts: number }> {
  const { id: campaignId, accountId } = o.campaign
  return inTransaction(async (trx) => {
    const [run] = await sql<{ live: boolean }>(
      `select state in ('expanding', 'running') live from campaign_runs where id = $1
        and campaign_id = $2::uuid and account_id = $3::uuid for no key update`,
      [o.runId, campaignId, accountId],
      trx
    )
    if (!run) throw new NobodyToRelaunchError()
    if (run.live) throw new RunLiveError()

    const list = await createList({ accountId, name: o.listName, by: o.by, trx })
    /** Rows in: the run's partition; contacts by their key */
    const meant = await sql<{ contactId: string }>(
      `with meant as (
         select d.seq, c.id contact_id from deliveries d join contacts c on c.id = d.contact_id
           and c.account_id = $2::uuid
          where d.run_id = $1 and d.state = 'uncertain' and ($3::int[] is null
            or d.seq = any($3::int[]))
            and not exists (select 1 from delivery_decisions x where x.run_id = d.run_id
              and x.seq = d.seq and x.decision = 'relaunched')),
       noted as (
         insert into delivery_decisions (run_id, seq, decision, by_kind, by_id, by_name, why)
         select $1, seq, 'relaunched', $4, $5::uuid, $6, $7 from meant)
       select contact_id "contactId" from meant`,
      [o.runId, accountId, o.seqs ? [...o.seqs] : null, o.by.kind, o.by.id, o.by.name, o.why ?? ''],
      trx
    )
    if (meant.length === 0) throw new NobodyToRelaunchError()
    const contacts = await addToList({
      accountId,
      listId: list.id,
      contactIds: meant.map((one) => one.contactId),
      trx,
    })
    const campaign = await duplicateCampaign({
      campaign: o.campaign,
      name: o.name,
      listIds: [list.id],
      by: o.by,
      trx,
    })
    return { campaign, contacts }
  })
}
