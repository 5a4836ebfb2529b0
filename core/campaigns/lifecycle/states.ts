export const CAMPAIGN_STATES = [
  'draft',
  'quoted',
  'paid',
  'scheduled',
  'running',
  'paused',
  'finished',
  'cancelled',
  'failed',
] as const
export type CampaignState = (typeof CAMPAIGN_STATES)[number]

/**
 * Which state may follow which. A campaign whose money is held ends only through settlement: finished, cancelled
 * or failed, each of which gives back what was not spent. One that recurs is scheduled between its runs.
 */
export const CAMPAIGN_TRANSITIONS: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
  draft: ['quoted', 'cancelled'],
  quoted: ['draft', 'quoted', 'paid', 'scheduled', 'cancelled'],
  paid: ['scheduled', 'running', 'cancelled'],
  scheduled: ['running', 'paused', 'finished', 'cancelled', 'failed'],
  running: ['paused', 'scheduled', 'finished', 'cancelled', 'failed'],
  paused: ['running', 'scheduled', 'finished', 'cancelled', 'failed'],
  finished: [],
  cancelled: [],
  failed: [],
}
