import { randomBytes } from 'node:crypto'
import type { EventKind } from '#core/runs/delivery_event'

/** A fact, from the moment it is heard until it is a row of `events` */
export type TrackingEvent = {
  /** Tells this fact from every other of its run, so that writing it twice is writing it once */
  readonly key: string
  /** The delivery that it is about */
  readonly of: { readonly runId: number; readonly seq: number }
  readonly kind: EventKind
  /** For `bounced`: the address is dead, as the far side says */
  readonly permanent: boolean
  /** Index of the link; HIDDEN_LINK for the one that only machines see */
  readonly link: number | null
  /** Asked for by HEAD, which no reader of mail does */
  readonly head: boolean
  /** Milliseconds that a page has been in view so far, for `dwelled` */
  readonly dwellMs: number | null
  /** Second at which the visit began, for `dwelled` */
  readonly since: number | null
  readonly userAgent: string | null
  readonly ipPrefix: string | null
  readonly at: Date
}

/** A tracking event with its delivery's key beside it */
export type PlacedEvent = TrackingEvent & { readonly runId: number; readonly seq: number }

/** Index of the link that every HTML message carries and nobody can see */
export const HIDDEN_LINK = 0xffff

/** Characters of a user agent that are kept */
const USER_AGENT_LENGTH = 300

let prefix = ''
let count = 0

/** A key that no other process and no other moment gives: 8 random bytes a process, then a count */
function eventKey(): string {
  if (prefix === '') prefix = randomBytes(8).toString('base64url')
  count += 1
  return `${prefix}.${count.toString(36)}`
}

/**
 * Notes a fact that was heard now.
 *
 * @param o.key for facts that may be told twice; made here when absent
 */
export function newTrackingEvent(
  o: Pick<TrackingEvent, 'of' | 'kind' | 'at'> & Partial<Omit<TrackingEvent, 'of' | 'kind' | 'at'>>
): TrackingEvent {
  return {
    key: o.key ?? eventKey(),
    of: o.of,
    kind: o.kind,
    permanent: o.permanent ?? false,
    link: o.link ?? null,
    head: o.head ?? false,
    dwellMs: o.dwellMs ?? null,
    since: o.since ?? null,
    /** Postgres takes no NUL */
    userAgent: o.userAgent?.slice(0, USER_AGENT_LENGTH).replaceAll('\0', '') ?? null,
    ipPrefix: o.ipPrefix ?? null,
    at: o.at,
  }
}
