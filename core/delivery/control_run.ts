import { closeEngagement } from './engagement.js'
import { finishRun } from './finish_run.js'
import { controlMedia } from './media.js'
import { deliveryPool } from './pool.js'
import type { Run } from './run_snapshot.js'

/**
 * Makes the far side of a media or engagement run follow the state of its campaign. Messaging needs no such call:
 * its workers compare the state at each window.
 */
export async function controlRun(run: Run): Promise<void> {
  if (run.state !== 'running' && run.state !== 'expanding') return
  const { rows } = await deliveryPool().query<{ state: string }>(
    'select state from campaigns where id = $1',
    [run.campaignId]
  )
  const state = rows[0]?.state
  if (run.kind === 'messaging') {
    if (state === 'cancelled') await finishRun(run.id)
    return
  }
  if (run.kind === 'media' && (state === 'paused' || state === 'running' || state === 'cancelled'))
    return controlMedia(run, state)
  if (run.kind === 'engagement' && state === 'cancelled') return closeEngagement(run, 'cancelled')
}
