import { inTransaction } from '#core/database/in_transaction'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { paidQuote } from '../lifecycle/paid_quote.js'
import { beginRun, freezeForRun } from '../lifecycle/begin_run.js'
import { closeOccurrence } from '#core/schedules/close_occurrence'
import { CeilingExceededError } from '../errors.js'
import { estimateCampaign } from '../brief/estimate_campaign.js'
import { lockOccurrence } from './lock_occurrence.js'
import { holdQuote } from '../lifecycle/pay_campaign.js'
import { writeQuote } from '../brief/quote_campaign.js'
import type Campaign from '../models/campaign.js'
import type { Schedule } from '#core/schedules/read_schedule'

/**
 * Makes one occurrence of a schedule: a run of its own. One that recurs has its own audience, its own quote and its own
 * hold; one that goes out once was paid when it was launched.
 *
 * What asks a channel's network comes first. Then one transaction writes the quote, the hold, the run, its first job and the next
 * occurrence: all of it or nothing, and once, whoever else tries.
 *
 * @returns `taken` when somebody else made it, or the campaign was paused or cancelled meanwhile
 * @throws CeilingExceededError when it would cost more than a person approved
 * @throws InsufficientFundsError when the wallet does not hold it
 * @throws CampaignNotReadyError, PriceMissingError, ChannelUnavailableError
 */
export async function makeOccurrence(o: {
  campaign: Campaign
  schedule: Schedule
  occurrenceAt: Date
  now: Date
}): Promise<'made' | 'taken'> {
  const { campaign, schedule } = o
  const recurs = schedule.recurrence !== 'once'
  const content = await freezeForRun(campaign)
  const estimated = recurs ? await estimateCampaign(campaign) : null

  return inTransaction(async (trx) => {
    if (!(await lockOccurrence({ campaignId: campaign.id, occurrenceAt: o.occurrenceAt, trx })))
      return 'taken'

    const quote = estimated
      ? await writeQuote({ campaign, estimated, by: SYSTEM, now: o.now, trx })
      : null
    if (quote && schedule.ceiling !== null && quote.maximum > schedule.ceiling)
      throw new CeilingExceededError({ amount: quote.maximum, ceiling: schedule.ceiling })

    const holdN = quote ? await nextHold(campaign, trx) : 1
    const runId = await beginRun({
      campaign,
      content,
      from: 'scheduled',
      quoteId: quote?.id ?? (await paidQuote({ campaign, trx })),
      holdN,
      occurrenceAt: o.occurrenceAt,
      by: SYSTEM,
      now: o.now,
      trx,
    })
    await closeOccurrence({ ...o, outcome: { kind: 'made', runId }, trx })
    if (quote) await holdQuote({ campaign, quote, n: holdN, trx })
    return 'made'
  })
}

/** The campaign's row is locked: nobody else can take the same number */
async function nextHold(
  campaign: Campaign,
  trx: Parameters<typeof beginRun>[0]['trx']
): Promise<number> {
  const [{ n }] = await sql<{ n: number }>(
    `select coalesce(max(n), 0) + 1 n from campaign_holds where campaign_id = $1::uuid
      and account_id = $2::uuid`,
    [campaign.id, campaign.accountId],
    trx
  )
  return n
}
