import { checkLists } from '#core/audience/lists/check_lists'
import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { changeState } from '../lifecycle/change_state.js'
import { CampaignStateError } from '../errors.js'
import type { CampaignState } from '../lifecycle/states.js'

/**
 * Changes what a campaign says or whom it reaches, as long as nothing is paid. A quote that was made before is void: the
 * campaign is a draft again.
 *
 * @throws CampaignStateError once it is paid
 * @throws ListUnknownError when the account does not have all of the lists
 */
export async function editCampaign(o: {
  campaign: { id: string; accountId: string }
  name?: string
  brief?: Record<string, unknown>
  listIds?: readonly string[]
  by: Actor
}): Promise<void> {
  const { accountId } = o.campaign
  await inTransaction(async (trx) => {
    await checkLists({ accountId, listIds: o.listIds ?? [], field: 'lists', trx })
    const [row] = await sql<{ state: CampaignState }>(
      'select state from campaigns where id = $1::uuid and account_id = $2::uuid for no key update',
      [o.campaign.id, o.campaign.accountId],
      trx
    )
    if (row?.state !== 'draft' && row?.state !== 'quoted')
      throw new CampaignStateError({ state: row?.state ?? 'cancelled', wanted: 'draft' })
    if (row.state === 'quoted') {
      await changeState({
        campaignId: o.campaign.id,
        accountId: o.campaign.accountId,
        from: ['quoted'],
        to: 'draft',
        by: o.by,
        trx,
      })
    }
    await sql(
      `update campaigns set name = coalesce($2, name), brief = coalesce($3::jsonb, brief),
        list_ids = coalesce($4::uuid[], list_ids), quote_id = null, updated_at = now()
        where id = $1::uuid`,
      [o.campaign.id, o.name ?? null, o.brief ? JSON.stringify(o.brief) : null, o.listIds ?? null],
      trx
    )
  })
}
