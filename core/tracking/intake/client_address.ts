import type { IncomingMessage } from 'node:http'
import { http } from '#config/app'

/**
 * Who asks, as the framework says it: the last address that no trusted proxy stands behind (`X-Forwarded-For` is read from
 * its end, and only as far as the proxies are ours).
 */
export function clientAddress(request: IncomingMessage): string {
  const near = request.socket.remoteAddress ?? ''
  const forwarded = request.headers['x-forwarded-for']
  if (!forwarded || !http.trustProxy(near, 0)) return near
  const chain = String(forwarded).split(',').reverse()
  for (const [index, one] of chain.entries())
    if (!http.trustProxy(one.trim(), index + 1)) return one.trim()
  return chain[chain.length - 1].trim()
}
