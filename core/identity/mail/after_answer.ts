import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'

const running = new Set<Promise<void>>()

/**
 * Does something once the answer has left: whoever asks learns nothing from how long it takes. What goes wrong is logged; the person
 * asks again.
 *
 * @param what names it in the log
 */
export function afterAnswer(ctx: HttpContext, what: string, work: () => Promise<void>): void {
  ctx.response.onFinish(() => {
    const done: Promise<void> = work()
      .catch((error: unknown) =>
        logger.error({ err: error, what }, 'could not be done after the answer')
      )
      .finally(() => running.delete(done))
    running.add(done)
  })
}

/** Resolves when nothing of it is under way any more */
export async function answersFollowed(): Promise<void> {
  while (running.size > 0) await Promise.all(running)
}
