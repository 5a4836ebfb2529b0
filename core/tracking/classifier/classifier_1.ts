import { HIDDEN_LINK } from '../tracking_event.js'
import { isDatacentre } from './datacentre.js'
import { agentClass } from './device_of.js'
import type { Classifier, Classification, Reason, Signals } from './signals.js'
import type { Verdict } from '#core/runs/delivery_event'

/** A click this soon after acceptance is a gateway that looks before it delivers */
const EARLY_MS = 2_000
/** So many different links of one message within so long: nobody reads that fast */
const BURST_LINKS = 3
const BURST_MS = 10_000
/** A page that was in view this long had somebody in front of it */
const READ_MS = 5_000
/** A visit this long after a click is not its own any more */
const VISIT_MS = 2 * 3_600_000

/**
 * The first rules. Openings: HEAD and machines by name; a privacy proxy is unverified; a webmail proxy is a person. Clicks: the
 * same, and hosting companies, the first two seconds, bursts of links, the hidden link and what came within ten seconds of it.
 * Somebody who then stays on the page is a person unless links fell in a burst or the hidden one was followed.
 */
export const classifier1: Classifier = {
  version: 1,
  aroundMs: BURST_MS,
  visitMs: VISIT_MS,
  classify,
}

function classify(trackingEvents: readonly Signals[]): Classification[] {
  const clicks = trackingEvents.filter((trackingEvent) => trackingEvent.kind === 'clicked')
  const burst = inBursts(clicks)
  const hidden = clicks
    .filter((trackingEvent) => trackingEvent.link === HIDDEN_LINK)
    .map((trackingEvent) => trackingEvent.at.getTime())
  const reads = trackingEvents
    .filter(
      (trackingEvent) => trackingEvent.kind === 'dwelled' && (trackingEvent.dwellMs ?? 0) >= READ_MS
    )
    .map((trackingEvent) => trackingEvent.at.getTime())

  return trackingEvents.map((trackingEvent) => {
    switch (trackingEvent.kind) {
      case 'opened':
        return classifyOpen(trackingEvent)
      case 'clicked':
        return classifyClick(trackingEvent, {
          burst: burst.has(trackingEvent),
          hidden: hidden.some((at) => Math.abs(at - trackingEvent.at.getTime()) <= BURST_MS),
          read: reads.some(
            (at) => at >= trackingEvent.at.getTime() && at <= trackingEvent.at.getTime() + VISIT_MS
          ),
        })
      case 'dwelled':
        return said('person', [], trackingEvent)
    }
  })
}

function classifyOpen(trackingEvent: Signals): Classification {
  if (trackingEvent.head) return said('bot', ['head'], trackingEvent)
  switch (agentClass(trackingEvent.userAgent).kind) {
    case 'bot':
      return said('bot', ['user_agent'], trackingEvent)
    case 'privacy':
      return said('unverified', ['privacy_proxy'], trackingEvent)
    case 'none':
      return said('unverified', ['no_user_agent'], trackingEvent)
    case 'proxy':
    case 'browser':
      return said('person', [], trackingEvent)
  }
}

function classifyClick(
  trackingEvent: Signals,
  around: { readonly burst: boolean; readonly hidden: boolean; readonly read: boolean }
): Classification {
  const together: Reason[] = []
  if (around.hidden) together.push('hidden_link')
  if (around.burst) together.push('burst')

  const alone: Reason[] = []
  if (trackingEvent.head) alone.push('head')
  const { kind } = agentClass(trackingEvent.userAgent)
  if (kind === 'bot' || kind === 'proxy') alone.push('user_agent')
  if (kind === 'none') alone.push('no_user_agent')
  if (isDatacentre(trackingEvent.ipPrefix)) alone.push('datacentre')
  if (trackingEvent.sinceAcceptedMs !== null && trackingEvent.sinceAcceptedMs < EARLY_MS)
    alone.push('early')

  if (together.length > 0) return said('bot', [...together, ...alone], trackingEvent)
  if (alone.length === 0) return said('person', [], trackingEvent)
  return around.read
    ? said('person', [...alone, 'dwelled'], trackingEvent)
    : said('bot', alone, trackingEvent)
}

/** The clicks of which some ten seconds hold enough different links: one walk over them in order of time */
function inBursts(clicks: readonly Signals[]): ReadonlySet<Signals> {
  const ordered = [...clicks].sort((a, b) => a.at.getTime() - b.at.getTime())
  const found = new Set<Signals>()
  const links = new Map<number | null, number>()
  let to = 0
  let marked = 0
  for (const [from, first] of ordered.entries()) {
    while (to < ordered.length && ordered[to].at.getTime() <= first.at.getTime() + BURST_MS) {
      links.set(ordered[to].link, (links.get(ordered[to].link) ?? 0) + 1)
      to += 1
    }
    if (links.size >= BURST_LINKS)
      for (marked = Math.max(marked, from); marked < to; marked++) found.add(ordered[marked])
    const left = (links.get(first.link) ?? 1) - 1
    if (left === 0) links.delete(first.link)
    else links.set(first.link, left)
  }
  return found
}

function said(
  verdict: Verdict,
  reasons: readonly Reason[],
  trackingEvent: Signals
): Classification {
  const { device } = agentClass(trackingEvent.userAgent)
  return {
    verdict,
    reasons,
    device: verdict === 'bot' ? 'bot' : device === 'bot' ? 'other' : device,
  }
}
