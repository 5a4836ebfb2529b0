import logger from '@adonisjs/core/services/logger'
import { eventBuffer } from './event_buffer.js'
import { copyRunLinks } from '../links/run_links.js'

/** How often a web process looks for runs whose links are not on its machine */
const COPY_MS = 2_000

export type Intake = { stop(): Promise<void> }

/** What a web process does beside answering: brings the spool to Postgres, and copies where links lead */
export function startIntake(): Intake {
  let copying = copy()
  const timer = setInterval(() => {
    copying = copying.then(copy)
  }, COPY_MS)
  timer.unref()
  eventBuffer.startReplaying()
  return {
    stop: async () => {
      clearInterval(timer)
      eventBuffer.stopReplaying()
      await copying
    },
  }
}

async function copy(): Promise<void> {
  try {
    await copyRunLinks()
  } catch (error) {
    logger.debug({ err: error }, 'links of runs could not be copied; they are asked for again')
  }
}
