import { liveFigures, type LiveFigures } from '#core/campaigns/overview/live_figures'
import { funnel, type FunnelStep } from './funnel.js'
import { honestShare } from './honest_share.js'
import { reportDevices, type DeviceLine } from './report_devices.js'
import { reportHours, type ReportHours } from './report_hours.js'
import { reportLinks, type ReportLink } from './report_links.js'
import {
  reportDestinations,
  reportRefusals,
  type DestinationLine,
  type RefusalLine,
} from './report_outcomes.js'
import { reportPeople, type ReportPeople } from './report_people.js'
import { reportSeries, type ReportSeries } from './report_series.js'

/** Hours after the last outcome in which receipts may still change the figures */
const RECEIPT_HOURS = 48

export type CampaignReport = {
  readonly figures: LiveFigures
  /** Contacts that the message was for: the audience without those who were left out */
  readonly reachable: number
  /** Of those, how many the far side took; null when there was nobody */
  readonly acceptedShare: number | null
  readonly funnel: readonly FunnelStep[]
  readonly sending: ReportSeries
  readonly reactions: ReportSeries
  readonly people: ReportPeople
  readonly links: readonly ReportLink[]
  readonly devices: readonly DeviceLine[]
  readonly hours: ReportHours
  readonly destinations: readonly DestinationLine[]
  readonly refusals: readonly RefusalLine[]
  /** Minor units that are set aside still */
  readonly stillHeld: bigint
  /** Until when figures may change; null once they are final */
  readonly provisionalUntil: Date | null
}

/**
 * What a campaign was worth. Reads the counters and rollups that were kept as outcomes and events came: nothing is counted here,
 * so a report of a million contacts costs what one of a hundred does.
 *
 * @param o.zone the account's IANA zone: days begin at its midnight
 * @returns null when the campaign was never launched
 */
export async function campaignReport(o: {
  accountId: string
  campaignId: string
  zone: string
  now: Date
}): Promise<CampaignReport | null> {
  const figures = await liveFigures(o)
  const { runId } = figures
  if (runId === null) return null

  const [sending, reactions, people, links, devices, hours, destinations, refusals] =
    await Promise.all([
      reportSeries({ runId, zone: o.zone, about: 'sending' }),
      reportSeries({ runId, zone: o.zone, about: 'reactions' }),
      reportPeople(runId),
      reportLinks(runId),
      reportDevices(runId),
      reportHours(runId),
      reportDestinations(runId),
      reportRefusals(runId),
    ])
  const reachable = figures.audience - figures.excluded
  return {
    figures,
    reachable,
    acceptedShare: honestShare(figures.accepted, reachable),
    funnel: funnel(figures),
    sending,
    reactions,
    people,
    links,
    devices,
    hours,
    destinations,
    refusals,
    stillHeld: figures.held - figures.captured - figures.released,
    provisionalUntil: provisionalUntil(figures, o.now),
  }
}

function provisionalUntil(figures: LiveFigures, now: Date): Date | null {
  const last = figures.finishedAt ?? figures.lastOutcomeAt
  if (!last || figures.accepted === 0) return null
  const until = new Date(last.getTime() + RECEIPT_HOURS * 3_600_000)
  return until > now ? until : null
}
