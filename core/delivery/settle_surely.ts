import logger from '@adonisjs/core/services/logger'
import { settleWindow } from './settle_window.js'

/** Milliseconds for which an answer that Postgres could not take is offered again. After that its rows are named uncertain */
const PATIENCE_MS = 90_000
const LONGEST_WAIT_MS = 2_000

/**
 * Settles a window also when Postgres is away for a while: what the far side said is known here alone, so it is not given up
 * easily. Repeating is safe: a window that was written after all changes nothing the second time.
 *
 * @throws the last error when Postgres stayed away, or at once when the error is not about being away
 */
export async function settleSurely(
  o: Omit<Parameters<typeof settleWindow>[0], 'now'> & { now: () => Date }
): Promise<{ pending: number }> {
  const now = o.now()
  const until = Date.now() + PATIENCE_MS
  for (let wait = 100; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await settleWindow({ ...o, now })
    } catch (error) {
      if (!isAway(error) || Date.now() + wait > until) throw error
      logger.warn({ err: error, runId: o.run.id }, 'outcomes wait for Postgres')
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

/**
 * Whether Postgres was not there or asks to try again: no SQLSTATE (the connection broke), class 08, 40 (serialisation,
 * deadlock), 53 (resources) or 57P (shutdown, starting up)
 */
export function isAway(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  if (typeof code === 'string' && severity !== undefined)
    return /^(08|40|53)/.test(code) || /^57P0[1-5]$/.test(code)
  return (
    (typeof code === 'string' && /^E(CONN|PIPE|TIMEDOUT|HOST|NET)/.test(code)) ||
    /connection (terminated|ended|error)|timeout exceeded when trying to connect|client has encountered/i.test(
      (error as Error).message
    )
  )
}
