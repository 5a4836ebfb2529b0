import { isbot } from 'isbot'
import type { Device } from '#core/runs/delivery_event'

/** What a user agent says about itself, before anything else is known of the tracking event */
export type AgentClass = { readonly device: Device; readonly kind: AgentKind }

/** `proxy` loads a picture because somebody opens the message; `privacy` whether somebody does or not */
export type AgentKind = 'none' | 'bot' | 'proxy' | 'privacy' | 'browser'

/** Webmail that loads pictures through its own servers, on each first opening */
const WEBMAIL_PROXY = /GoogleImageProxy|YahooMailProxy|YahooMailImageProxy|OutlookImageProxy/i
/** Apple Mail Privacy Protection names itself by nothing more than this */
const APPLE_PRIVACY = /^Mozilla\/5\.0$/
/** Mail gateways and scanners that isbot does not name */
const SCANNER =
  /BarracudaCentral|Mimecast|Proofpoint|SafeLinks|ATP-SafeLinks|MessageLabs|Symantec|FireEye|Forcepoint|Trend ?Micro|Cisco-?(Umbrella|IronPort)|IronPort|TrustedSource|zScaler|ClamAV|bitdefender|avast|urlscan|virustotal/i
const TABLET = /iPad|Tablet|PlayBook|Silk\/|Android(?!.*(Mobile|Opera Mini))|SM-T\d|Kindle/i
const PHONE =
  /iPhone|iPod|Android.*Mobile|Mobile Safari|Windows Phone|IEMobile|BlackBerry|BB10|Opera Mini|Opera Mobi|KAIOS|Symbian|Series ?60|MIDP|UCWEB|UCBrowser/i
const DESKTOP = /Windows NT|Macintosh|X11|CrOS|Linux x86_64|Thunderbird|Microsoft Outlook|MSOffice/i

/** User agents repeat: what was found is kept */
const KEPT = 2_000
const known = new Map<string, AgentClass>()

/** A provider's receipt tells of an opening without its user agent: the provider has classified it */
const UNTOLD: AgentClass = { kind: 'browser', device: 'other' }

/**
 * Sorts a user agent. Nothing where there should be one (`''`) is a sign; one that was never told (`null`) is not.
 * About 20 µs for a new one, nothing for one that was seen before.
 */
export function agentClass(userAgent: string | null): AgentClass {
  if (userAgent === null) return UNTOLD
  const agent = userAgent.trim()
  const found = known.get(agent)
  if (found) return found
  const result = sort(agent)
  if (known.size >= KEPT) known.delete(known.keys().next().value as string)
  known.set(agent, result)
  return result
}

function sort(agent: string): AgentClass {
  if (agent === '') return { kind: 'none', device: 'other' }
  if (WEBMAIL_PROXY.test(agent)) return { kind: 'proxy', device: 'webmail' }
  if (APPLE_PRIVACY.test(agent)) return { kind: 'privacy', device: 'other' }
  if (SCANNER.test(agent) || isbot(agent)) return { kind: 'bot', device: 'bot' }
  return { kind: 'browser', device: shape(agent) }
}

function shape(agent: string): Device {
  if (TABLET.test(agent)) return 'tablet'
  if (PHONE.test(agent)) return 'phone'
  return DESKTOP.test(agent) ? 'desktop' : 'other'
}
