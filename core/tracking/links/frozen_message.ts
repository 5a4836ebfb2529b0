import { appUrl } from '#config/app'
import type { FrozenRun } from '#core/runs/frozen_run'
import type { FrozenMessage } from './render_message.js'

/** What of a run is the same in the message of each of its people, as it was frozen at the launch */
export function frozenMessage(run: FrozenRun): FrozenMessage {
  return {
    parts: run.snapshot.content?.parts ?? {},
    account: { name: run.accountName, address: run.accountAddress },
    campaign: {
      name: run.campaignName,
      subject: String(run.snapshot.brief.subject ?? run.campaignName),
    },
    base: appUrl,
  }
}
