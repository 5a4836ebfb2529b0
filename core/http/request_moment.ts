import { HttpContext } from '@adonisjs/core/http'
import { systemClock } from '#core/database/clock'

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** The moment of the request: one for all that it does */
    readonly now: Date
  }
}

HttpContext.getter('now', () => systemClock.now(), true)
