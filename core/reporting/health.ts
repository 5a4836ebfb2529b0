import { sql } from '#core/database/sql'
import { eventBuffer } from '#core/tracking/event_buffer'

export type Health = {
  readonly ready: boolean
  readonly database: boolean
  /** Worker processes that are there; a web process is ready without */
  readonly workers: number | null
  readonly intake: { readonly waiting: number; readonly spooling: boolean; readonly lost: number }
}

/** Milliseconds that Postgres may take to answer before it counts as away */
const ANSWER_MS = 2_000

/** Whether this process can serve: Postgres answers, and what is heard can be kept */
export async function health(): Promise<Health> {
  const intake = eventBuffer.state()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS)
  })
  try {
    const [row] = await Promise.race([
      sql<{ workers: number }>('select count(*)::int workers from workers'),
      late,
    ])
    return { ready: true, database: true, workers: row.workers, intake }
  } catch {
    /** Being away is the answer here, whatever the reason */
    return { ready: false, database: false, workers: null, intake }
  } finally {
    clearTimeout(timer)
  }
}
