import { Spool } from '#core/database/spool/spool'
import { spoolFile, type SpoolFile } from '#core/database/spool/spool_file'
import type { TrackingEvent } from '../tracking_event.js'

/** The queue of tracking events in a spool file, that of this machine unless told */
export function trackingSpool(file: SpoolFile = spoolFile): Spool<TrackingEvent> {
  return new Spool({ file, queue: 'tracking_events', read: readTrackingEvent })
}

function readTrackingEvent(body: string): TrackingEvent {
  const trackingEvent = JSON.parse(body) as Omit<TrackingEvent, 'at'> & { at: string }
  return { ...trackingEvent, at: new Date(trackingEvent.at) }
}
