import { connect, type Socket } from 'node:net'
import type { TcpDialer } from '@griot/sdk'
import { PluginError } from '../errors.js'
import type { AddressGuard } from './address_guard.js'

const DEFAULT_TIMEOUT_MS = 10_000

/** Plain TCP for protocols other than HTTP; TLS is the plugin's own affair, over the stream it gets */
export function tcpDialer(o: {
  pluginId: string
  guard: AddressGuard
  signal: AbortSignal
}): TcpDialer {
  return {
    async connect({ host, port, timeoutMs = DEFAULT_TIMEOUT_MS }): Promise<Socket> {
      o.guard.checkHost(host)
      return new Promise((resolve, reject) => {
        const socket = connect({
          host,
          port,
          lookup: o.guard.lookup,
          signal: o.signal,
          noDelay: true,
        })
        const failed = (detail: string, cause?: unknown) => {
          socket.destroy()
          reject(
            cause instanceof PluginError
              ? cause
              : new PluginError({
                  code: 'E_PLUGIN_NETWORK',
                  pluginId: o.pluginId,
                  operation: 'tcp',
                  detail,
                  cause,
                })
          )
        }
        const refused = (cause: Error) => failed(`${host}:${port}: ${cause.message}`, cause)
        const timer = setTimeout(
          () => failed(`${host}:${port} did not answer within ${timeoutMs} ms`),
          timeoutMs
        )
        socket.once('error', refused)
        socket.once('close', () => clearTimeout(timer))
        socket.once('connect', () => {
          clearTimeout(timer)
          socket.off('error', refused)
          resolve(socket)
        })
      })
    },
  }
}
