import type Campaign from '../models/campaign.js'

export type Step = 'audience' | 'message' | 'sending' | 'review'

/** The steps of the wizard for the rail beside it: what is done, where one is, what comes */
export function campaignSteps(o: {
  campaign: Campaign
  current: Step
  /** Steps lead nowhere for who may not change anything */
  mayEdit: boolean
  t: (key: string) => string
}) {
  const steps: readonly Step[] =
    o.campaign.kind === 'messaging'
      ? ['audience', 'message', 'sending', 'review']
      : ['message', 'sending', 'review']
  const done: Record<Step, boolean> = {
    audience: o.campaign.listIds.length > 0,
    message: Object.keys(o.campaign.brief).length > 0,
    /** It has an answer from the start: now, as fast as it goes */
    sending: Object.keys(o.campaign.brief).length > 0,
    review: o.campaign.state !== 'draft' && o.campaign.state !== 'quoted',
  }
  return steps.map((step) => ({
    label: o.t(`campaigns.steps.${step}`),
    state: step === o.current ? 'current' : done[step] ? 'done' : 'todo',
    href:
      o.mayEdit && (done[step] || step === o.current)
        ? `/portal/campaigns/${o.campaign.id}/${step}`
        : undefined,
  }))
}
