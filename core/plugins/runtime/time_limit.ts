/**
 * Waits for a promise no longer than told. The work itself goes on: JavaScript cannot stop it, so pass it a signal.
 *
 * @param o.timeoutMs milliseconds
 * @param o.expired makes the error of a late answer
 * @param o.threw makes the error of a failure
 */
export async function timeLimit<T>(o: {
  timeoutMs: number
  run: () => Promise<T> | T
  expired: () => Error
  threw: (cause: unknown) => Error
  /** Gives up early with this error */
  aborted?: { readonly signal: AbortSignal; readonly error: () => Error }
}): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let giveUp: (() => void) | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(o.expired()), o.timeoutMs)
    if (!o.aborted) return
    const { signal, error } = o.aborted
    giveUp = () => reject(error())
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
  })
  /** The race may be decided before the limit rejects: nobody listens any more */
  limit.catch(() => undefined)
  try {
    const work = Promise.resolve()
      .then(o.run)
      .catch((cause: unknown) => {
        throw o.threw(cause)
      })
    work.catch(() => undefined)
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
    if (giveUp) o.aborted?.signal.removeEventListener('abort', giveUp)
  }
}
