import { closeEngagement } from '../engagement/engagement.js'
import { finishRun } from '../ending/finish_run.js'
import { controlMedia } from './media.js'
import { campaignState } from '../campaign_state.js'
import type { Run } from '#core/runs/run'

/**
 * Makes the far side of a media or engagement run follow the state of its campaign. Messaging needs no such call:
 * its workers compare the state at each window.
 */
export async function controlRun(run: Run, now: Date): Promise<void> {
  if (run.state !== 'running' && run.state !== 'expanding') return
  const state = await campaignState(run)
  if (run.kind === 'messaging') {
    if (state === 'cancelled') await finishRun(run.id, now)
    return
  }
  /** A launch that is not complete goes on step by step; its last one switches it on */
  if (run.kind === 'media' && state === 'running' && run.state === 'expanding') return
  if (run.kind === 'media' && (state === 'paused' || state === 'running' || state === 'cancelled'))
    return controlMedia(run, state, now)
  if (run.kind === 'engagement' && state === 'cancelled')
    return closeEngagement(run, 'cancelled', now)
}
