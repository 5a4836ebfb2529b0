import { systemClock } from '#core/database/clock'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import logger from '@adonisjs/core/services/logger'
import { clickTarget, type ClickTarget } from '../links/click_target.js'
import { clientAddress } from './client_address.js'
import { DWELL_SNIPPET } from '../links/dwell_snippet.js'
import { eventBuffer } from './event_buffer.js'
import { newTrackingEvent, type TrackingEvent } from '../tracking_event.js'
import { ipPrefix } from '#core/http/ip_prefix'
import { SECURE_HEADERS } from '#core/http/middleware/secure_headers'
import { readBeacon } from './read_beacon.js'
import { knownRunLinks } from '../links/run_links.js'
import {
  readTarget,
  readToken,
  readVisit,
  signVisit,
  type TrackedDelivery,
} from '../links/token.js'

/** One transparent pixel */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const NEVER_KEPT = 'no-store, private'
/** Seconds after a click in which its page may tell that it is read */
const VISIT_SECONDS = 3_600
/** Milliseconds of one visit that are believed at most */
const MOST_DWELL_MS = 30 * 60_000

/**
 * Milliseconds that an idle connection is kept: longer than proxies and balancers keep theirs (60 s as a rule), so that it is
 * they who close it. One that we close is now and then asked over at that very moment, and the click would lead nowhere.
 */
const IDLE_MS = 75_000

/**
 * The web process's server: addresses that stand in messages are answered before the framework's stack, which costs ten times
 * the answer. Whatever is not an ordinary tracking event goes on to the framework: pages, bad tokens, other methods.
 */
export function trackingServer(handler: RequestListener): Server {
  return createServer({ keepAliveTimeout: IDLE_MS }, (request, response) => {
    if (!answered(request, response, handler)) handler(request, response)
  })
}

/** @returns false when the request is not for us */
function answered(request: IncomingMessage, response: ServerResponse, next: RequestListener) {
  const url = request.url ?? ''
  /** What nobody read when the answer has left is not waited for */
  if (request.headers['content-length'] ?? request.headers['transfer-encoding'])
    response.once('finish', () => {
      if (!request.complete) request.destroy()
    })
  if (url.charCodeAt(2) !== SLASH && url !== '/b.js') return false
  const asks = request.method === 'GET' || request.method === 'HEAD'
  switch (url.slice(0, 3)) {
    case '/o/':
      return asks && open(request, response, tokenOf(url))
    case '/c/':
      return asks && click(request, response, tokenOf(url), next)
    case '/b/':
      return request.method === 'POST' && beacon(request, response, tokenOf(url))
    case '/b.':
      return asks && snippet(response)
    default:
      return false
  }
}

const SLASH = 47

function tokenOf(url: string): string {
  const end = url.indexOf('?')
  return url.slice(3, end < 0 ? undefined : end)
}

/** The pixel is always served; only a true token is a fact */
function open(request: IncomingMessage, response: ServerResponse, token: string): true {
  const delivery = readToken('open', token.endsWith('.gif') ? token.slice(0, -4) : token)
  if (delivery) note(request, delivery, { kind: 'opened' })
  response.writeHead(200, {
    ...SECURE_HEADERS,
    'cache-control': NEVER_KEPT,
    'content-type': 'image/gif',
    'content-length': PIXEL.length,
  })
  response.end(PIXEL)
  return true
}

function click(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  next: RequestListener
): boolean {
  const carried = token.length > 31 ? readTarget(token) : null
  if (carried) {
    redirect(request, response, carried, {
      address: carried.target,
      measureDwell: knownRunLinks(carried.runId)?.measureDwell ?? false,
    })
    return true
  }
  const delivery = readToken('click', token)
  if (!delivery) return false
  const target = clickTarget(delivery)
  if (target === null) return false
  if (!(target instanceof Promise)) {
    redirect(request, response, delivery, target)
    return true
  }
  target.then(
    (found) => (found ? redirect(request, response, delivery, found) : next(request, response)),
    (error: unknown) => {
      logger.error({ err: error, runId: delivery.runId }, 'the target of a click cannot be found')
      next(request, response)
    }
  )
  return true
}

function redirect(
  request: IncomingMessage,
  response: ServerResponse,
  delivery: TrackedDelivery,
  target: ClickTarget
): void {
  note(request, delivery, { kind: 'clicked', link: delivery.link })
  response.writeHead(302, {
    ...SECURE_HEADERS,
    'location': target.measureDwell ? withVisit(target.address, delivery) : target.address,
    'referrer-policy': 'no-referrer',
    'cache-control': NEVER_KEPT,
    'content-length': 0,
  })
  response.end()
}

/** The landing page is told which visit it is, by a token that is worth nothing else and not for long */
function withVisit(address: string, delivery: TrackedDelivery): string {
  const url = new URL(address)
  url.searchParams.set('gk', signVisit({ ...delivery, since: systemClock.now() }))
  return url.href
}

/** Always answered alike: a page has no use for a reason */
function beacon(request: IncomingMessage, response: ServerResponse, token: string): true {
  const visit = readVisit(token)
  const age = visit ? Date.now() / 1_000 - visit.since : 0
  readBeacon(request).then(
    (ms) => {
      if (visit && ms !== null && age <= VISIT_SECONDS)
        note(request, visit, {
          kind: 'dwelled',
          link: visit.link,
          since: visit.since,
          dwellMs: Math.min(ms, MOST_DWELL_MS, Math.round(age * 1_000) + 1_000),
        })
      response.writeHead(204, {
        ...SECURE_HEADERS,
        'access-control-allow-origin': '*',
        'cache-control': NEVER_KEPT,
      })
      response.end()
    },
    () => response.destroy()
  )
  return true
}

function snippet(response: ServerResponse): true {
  response.writeHead(200, {
    ...SECURE_HEADERS,
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=86400',
    'cross-origin-resource-policy': 'cross-origin',
    'content-length': DWELL_SNIPPET.length,
  })
  response.end(DWELL_SNIPPET)
  return true
}

function note(
  request: IncomingMessage,
  delivery: TrackedDelivery,
  what: Pick<TrackingEvent, 'kind'> & Partial<Pick<TrackingEvent, 'link' | 'dwellMs' | 'since'>>
): void {
  eventBuffer.add(
    newTrackingEvent({
      ...what,
      of: { runId: delivery.runId, seq: delivery.seq },
      head: request.method === 'HEAD',
      userAgent: request.headers['user-agent'] ?? '',
      ipPrefix: ipPrefix(clientAddress(request)),
      at: systemClock.now(),
    })
  )
}
