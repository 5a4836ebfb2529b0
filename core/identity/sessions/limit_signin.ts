import limiter from '@adonisjs/limiter/services/main'
import { ipPrefix } from '#core/http/ip_prefix'
import type { Guard } from '../mail/access_links.js'
import { TooManyTriesError, WrongCredentialsError } from '../errors.js'

/** Wrong tries for one address from one network, in a quarter of an hour */
const FOR_ONE = { requests: 8, duration: '15 mins', blockDuration: '15 mins' } as const
/** Wrong tries from one network, whoever is meant: an office shares one */
const FROM_HERE = { requests: 60, duration: '15 mins', blockDuration: '15 mins' } as const
/** Wrong tries for one address from wherever, in an hour. Past it only networks from which the person once came in may try */
const FROM_ANYWHERE = { requests: 60, duration: '60 mins' } as const
/** How long a network is known for a person who signed in from it */
const KNOWN_FOR = { requests: 1, duration: '20 days' } as const

/**
 * Counts wrong tries to sign in, so that nobody guesses a password and nobody locks another out: too many from one network close that
 * network alone, and many networks at once close those from which the person never came. A try is counted before it is made, so that
 * a hundred at the same moment are a hundred.
 *
 * @param o.tried looks at the password
 * @throws TooManyTriesError
 * @throws what `tried` throws
 */
export async function limitSignin<T>(o: {
  guard: Guard
  email: string
  ip: string
  tried: () => Promise<T>
}): Promise<T> {
  const place = ipPrefix(o.ip) ?? o.ip
  const person = `${o.guard}:${o.email.toLowerCase()}`.slice(0, 150)
  const [forOne, fromHere, fromAnywhere, known] = [
    limiter.use(FOR_ONE),
    limiter.use(FROM_HERE),
    limiter.use(FROM_ANYWHERE),
    limiter.use(KNOWN_FOR),
  ]
  const keys = {
    forOne: `signin:${person}:${place}`,
    fromHere: `signin:${o.guard}:${place}`,
    fromAnywhere: `signin:${person}`,
    known: `known:${person}:${place}`,
  }
  const isKnown = (await known.get(keys.known)) !== null
  for (const [limit, key] of [
    [forOne, keys.forOne],
    [fromHere, keys.fromHere],
    ...(isKnown ? [] : ([[fromAnywhere, keys.fromAnywhere]] as const)),
  ] as const) {
    const count = await limit.increment(key)
    if (count.consumed > count.limit) throw new TooManyTriesError(await limit.availableIn(key))
  }
  try {
    const result = await o.tried()
    /** It was a right one: it does not count, and the network is known from now on */
    await forOne.delete(keys.forOne)
    await fromHere.decrement(keys.fromHere)
    if (!isKnown) await fromAnywhere.decrement(keys.fromAnywhere)
    await known.set(keys.known, 1)
    return result
  } catch (error) {
    if (!(error instanceof WrongCredentialsError)) {
      /** Nobody's fault: an account that is closed, a database that is away */
      await forOne.decrement(keys.forOne)
      await fromHere.decrement(keys.fromHere)
      if (!isKnown) await fromAnywhere.decrement(keys.fromAnywhere)
    }
    throw error
  }
}
