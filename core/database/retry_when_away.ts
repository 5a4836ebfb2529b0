import logger from '@adonisjs/core/services/logger'

/** Milliseconds for which work that only this process can do is offered to Postgres again. After that it is given up */
const PATIENCE_MS = 90_000
const LONGEST_WAIT_MS = 2_000

/**
 * Does work also when Postgres is away for a while. It must be safe to repeat: an answer that was lost may have been a yes.
 *
 * @param what names the work in the log
 * @throws the last error when Postgres stayed away, or at once when the error is not about being away
 */
export async function retryWhenAway<T>(what: string, work: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS
  for (let wait = 100; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await work()
    } catch (error) {
      if (!isAway(error) || Date.now() + wait > until) throw error
      logger.warn({ err: error }, `${what} waits for Postgres`)
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

/** Data that Postgres will never take (SQLSTATE 22 and 23); everything else is a Postgres that is not well, and passes */
export function isRefusal(error: unknown): error is Error {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' && /^2[23]...$/.test(code)
}
