/** A deferred delivery is tried up to this many times, about a day and a half in all */
const MAX_ATTEMPTS = 18
const FIRST_WAIT_MS = 5 * 60_000
const GROWTH = 1.3

/**
 * When to try a deferred delivery again: the provider's hint, else 5 min × 1.3ⁿ.
 *
 * @param o.attempts tries so far, this one included
 * @returns null when it has been tried often enough
 */
export function nextAttempt(o: { attempts: number; hint?: Date; now: Date }): Date | null {
  if (o.attempts >= MAX_ATTEMPTS) return null
  if (o.hint && o.hint > o.now) return o.hint
  return new Date(o.now.getTime() + FIRST_WAIT_MS * GROWTH ** (o.attempts - 1))
}
