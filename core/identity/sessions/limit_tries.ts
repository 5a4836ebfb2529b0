import limiter from '@adonisjs/limiter/services/main'
import { TooManyTriesError } from '../errors.js'

/**
 * Counts a try and stops when there were too many, by address and by place.
 *
 * @param o.key what is counted, for instance `signin:awa@…`
 * @param o.requests tries allowed
 * @param o.minutes in this many minutes
 * @throws TooManyTriesError
 */
export async function limitTries(o: {
  key: string
  requests: number
  minutes: number
}): Promise<void> {
  const limit = limiter.use({
    requests: o.requests,
    duration: `${o.minutes} mins`,
    blockDuration: `${o.minutes} mins`,
  })
  const key = o.key.slice(0, 200)
  if (await limit.attempt(key, () => true)) return
  throw new TooManyTriesError(await limit.availableIn(key))
}
