import { createHash, timingSafeEqual } from 'node:crypto'
import type { HttpContext } from '@adonisjs/core/http'
import env from '#start/env'
import { health } from '../health/health.js'
import { metrics } from '../health/metrics.js'

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const digest = (text: string) => createHash('sha256').update(text).digest()

/** For bots that watch: no session, no language */
export default class HealthController {
  async live(ctx: HttpContext) {
    return ctx.response.json({ live: true })
  }

  async ready(ctx: HttpContext) {
    const { ready } = await health()
    return ctx.response.status(ready ? 200 : 503).json({ ready })
  }

  async show(ctx: HttpContext) {
    const state = await health()
    return ctx.response.status(state.ready ? 200 : 503).json({ live: true, ...state })
  }

  /** From loopback, or with METRICS_TOKEN as bearer token. A proxy on this machine says whom it speaks for */
  async metrics(ctx: HttpContext) {
    if (!this.#mayRead(ctx)) return ctx.response.status(403).send('metrics need a token\n')
    const { type, text } = await metrics()
    return ctx.response.header('content-type', type).send(text)
  }

  #mayRead(ctx: HttpContext): boolean {
    if (LOOPBACK.has(ctx.request.ip())) return true
    const token = env.get('METRICS_TOKEN')
    const given = /^Bearer (.+)$/.exec(ctx.request.header('authorization') ?? '')?.[1]
    if (!token || !given) return false
    return timingSafeEqual(digest(given), digest(token))
  }
}
