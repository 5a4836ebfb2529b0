import { HIDDEN_LINK } from '../hit.js'
import { isDatacentre } from './datacentre.js'
import { agentClass } from './device_of.js'
import type { Classifier, Judgement, Reason, Signals, Verdict } from './signals.js'

/** A click this soon after acceptance is a gateway that looks before it delivers */
const EARLY_MS = 2_000
/** So many different links of one message within so long: nobody reads that fast */
const BURST_LINKS = 3
const BURST_MS = 10_000
/** A page that was in view this long had somebody in front of it */
const READ_MS = 5_000

/**
 * The first rules. Openings: HEAD and machines by name; a privacy proxy is unverified; a webmail proxy is a person. Clicks: the
 * same, and hosting companies, the first two seconds, bursts of links, the hidden link and what came within ten seconds of it.
 * Somebody who then stays on the page is a person unless links fell in a burst or the hidden one was followed.
 */
export const classifier1: Classifier = { version: 1, judge }

function judge(hits: readonly Signals[]): Judgement[] {
  const clicks = hits.filter((hit) => hit.kind === 'clicked')
  const reads = hits.filter((hit) => hit.kind === 'dwelled' && (hit.dwellMs ?? 0) >= READ_MS)
  return hits.map((hit) => {
    switch (hit.kind) {
      case 'opened':
        return judgeOpen(hit)
      case 'clicked':
        return judgeClick(hit, clicks, reads)
      case 'dwelled':
        return said('person', [], hit)
    }
  })
}

function judgeOpen(hit: Signals): Judgement {
  if (hit.head) return said('machine', ['head'], hit)
  switch (agentClass(hit.userAgent).kind) {
    case 'machine':
      return said('machine', ['user_agent'], hit)
    case 'privacy':
      return said('unverified', ['privacy_proxy'], hit)
    case 'none':
      return said('unverified', ['no_user_agent'], hit)
    case 'proxy':
    case 'browser':
      return said('person', [], hit)
  }
}

function judgeClick(
  hit: Signals,
  clicks: readonly Signals[],
  reads: readonly Signals[]
): Judgement {
  const near = clicks.filter((other) => apart(other, hit) <= BURST_MS)
  const together: Reason[] = []
  if (near.some((other) => other.link === HIDDEN_LINK)) together.push('hidden_link')
  if (inBurst(hit, near)) together.push('burst')

  const alone: Reason[] = []
  if (hit.head) alone.push('head')
  const { kind } = agentClass(hit.userAgent)
  if (kind === 'machine' || kind === 'proxy') alone.push('user_agent')
  if (kind === 'none') alone.push('no_user_agent')
  if (isDatacentre(hit.ipPrefix)) alone.push('datacentre')
  if (hit.sinceAcceptedMs !== null && hit.sinceAcceptedMs < EARLY_MS) alone.push('early')

  if (together.length > 0) return said('machine', [...together, ...alone], hit)
  if (alone.length === 0) return said('person', [], hit)
  const read = reads.some((visit) => visit.at.getTime() >= hit.at.getTime())
  return read ? said('person', [...alone, 'dwelled'], hit) : said('machine', alone, hit)
}

/** Whether some ten seconds that contain this click hold enough different links */
function inBurst(hit: Signals, near: readonly Signals[]): boolean {
  return near.some((first) => {
    const from = first.at.getTime()
    if (from > hit.at.getTime()) return false
    const links = new Set(
      near
        .filter((other) => other.at.getTime() >= from && other.at.getTime() <= from + BURST_MS)
        .map((other) => other.link)
    )
    return links.size >= BURST_LINKS
  })
}

const apart = (a: Signals, b: Signals) => Math.abs(a.at.getTime() - b.at.getTime())

function said(verdict: Verdict, reasons: readonly Reason[], hit: Signals): Judgement {
  const { device } = agentClass(hit.userAgent)
  return {
    verdict,
    reasons,
    device: verdict === 'machine' ? 'machine' : device === 'machine' ? 'other' : device,
  }
}
