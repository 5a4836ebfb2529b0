import type { RunInfo } from '@griot/sdk'
import type { Run } from './run.js'

/** What a plugin learns of a run: nothing of other accounts, nothing of money */
export function runInfo(run: Run): RunInfo<Record<string, unknown>> {
  return {
    id: run.id,
    campaignId: run.campaignId,
    accountId: run.accountId,
    accountName: run.accountName,
    brief: run.snapshot.brief,
    locale: run.locale,
  }
}
