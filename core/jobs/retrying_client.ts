import pg from 'pg'
import { isAway } from '#core/database/retry_when_away'

/** Codes at which graphile-worker asks again by itself, with a patience of their own */
const ASKED_AGAIN = new Set(['40001', '40P01', '57P03', 'EHOSTUNREACH', 'ETIMEDOUT'])

/**
 * A client of Postgres for the job queue. graphile-worker asks again at a few codes, of which ETIMEDOUT is one; a server that
 * restarts or a connection that broke are not among them, and writing down that a job is done is a promise that nobody waits for: it would
 * end the process. What it repeats is safe to repeat.
 */
export class RetryingClient extends pg.Client {
  override connect(...args: never[]): never {
    const told = args.at(0) as ((error: unknown, ...more: unknown[]) => void) | undefined
    const connect = super.connect.bind(this) as (...all: unknown[]) => unknown
    return (
      told
        ? connect((error: unknown, ...more: unknown[]) =>
            told(error ? askAgain(error) : error, ...more)
          )
        : (connect() as Promise<unknown>).catch(throwAgain)
    ) as never
  }

  override query(...args: never[]): never {
    const query = super.query.bind(this) as (...all: unknown[]) => unknown
    const answer = query(...args)
    return (answer instanceof Promise ? answer.catch(throwAgain) : answer) as never
  }
}

function throwAgain(error: unknown): never {
  throw askAgain(error)
}

function askAgain(error: unknown): unknown {
  if (!isAway(error) || ASKED_AGAIN.has(String((error as { code?: unknown }).code))) return error
  return Object.assign(new Error((error as Error).message, { cause: error }), {
    code: 'ETIMEDOUT',
  })
}
