import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { HttpClient, HttpReply, HttpRequest } from '@griot/sdk'
import { PluginError, type PluginErrorCode } from '../errors.js'
import { hostIsListed } from './host_list.js'
import type { AddressGuard } from './address_guard.js'

const MAX_REPLY_BYTES = 5 * 1024 * 1024
const MAX_REDIRECTS = 5
const DEFAULT_TIMEOUT_MS = 15_000
const MAX_TIMEOUT_MS = 60_000

type Hop = {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
}

/**
 * HTTPS to the hosts of the manifest. Host, scheme and address are checked for the first request and again for
 * every redirect; a connection goes to the address that was checked. Connections are kept and used again.
 *
 * @param o.hosts hosts of the manifest; `settings.<name>` stands for the host of that setting
 */
export function httpClient(o: {
  pluginId: string
  hosts: readonly string[]
  settings: Readonly<Record<string, unknown>>
  guard: AddressGuard
  secret: (name: string) => Promise<string | null>
  signal: AbortSignal
}): HttpClient & { close(): void } {
  const options = { keepAlive: true, maxSockets: 64, lookup: o.guard.lookup } as const
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }
  const error = (code: PluginErrorCode, detail: string, cause?: unknown) =>
    new PluginError({ code, pluginId: o.pluginId, operation: 'http', detail, cause })

  return {
    async request(request: HttpRequest): Promise<HttpReply> {
      const timeout = AbortSignal.timeout(
        Math.min(request.timeoutMs ?? DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS)
      )
      const signal = AbortSignal.any([timeout, o.signal])
      try {
        return await follow(await firstHop(request), signal, 0)
      } catch (cause) {
        if (cause instanceof PluginError) throw cause
        if (timeout.aborted)
          throw error('E_PLUGIN_NETWORK', `no answer within the time limit`, cause)
        throw error('E_PLUGIN_NETWORK', (cause as Error).message, cause)
      }
    },
    close() {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }

  async function firstHop(request: HttpRequest): Promise<Hop> {
    const headers: Record<string, string> = {
      'user-agent': 'Griot',
      'accept-encoding': 'gzip, br, deflate',
    }
    for (const [name, value] of Object.entries(request.headers ?? {}))
      headers[name.toLowerCase()] = value
    if (request.json !== undefined) headers['content-type'] ??= 'application/json'
    if (request.auth) {
      const token = await o.secret(request.auth)
      if (token === null)
        throw error(
          'E_PLUGIN_NETWORK',
          `the secret "${request.auth}" is not set. An admin sets it in the plugin's settings`
        )
      headers.authorization = `Bearer ${token}`
    }
    const body = request.json === undefined ? (request.body ?? null) : JSON.stringify(request.json)
    return {
      url: new URL(request.url),
      method: request.method,
      headers,
      body: body === null ? null : Buffer.from(body),
    }
  }

  async function follow(hop: Hop, signal: AbortSignal, redirects: number): Promise<HttpReply> {
    check(hop.url)
    const message = await exchange(hop, signal)
    const location = message.headers.location
    const status = message.statusCode ?? 0
    if (![301, 302, 303, 307, 308].includes(status) || !location) return readReply(message)

    message.destroy()
    if (redirects >= MAX_REDIRECTS)
      throw error('E_PLUGIN_NETWORK', `more than ${MAX_REDIRECTS} redirects`)
    return follow(nextHop(hop, new URL(location, hop.url), status), signal, redirects + 1)
  }

  function check(url: URL) {
    const loopback = o.guard.isLoopback(url.hostname)
    if (!loopback && !hostIsListed({ host: url.hostname, hosts: o.hosts, settings: o.settings })) {
      throw error(
        'E_PLUGIN_HOST_REFUSED',
        `${url.hostname} is not in the manifest's capabilities.http.hosts (${o.hosts.join(', ')})`
      )
    }
    if (url.protocol !== 'https:' && !(loopback && url.protocol === 'http:')) {
      throw error('E_PLUGIN_HOST_REFUSED', `${url.protocol}//${url.hostname} is not https`)
    }
    o.guard.checkHost(url.hostname)
  }

  function exchange(hop: Hop, signal: AbortSignal): Promise<IncomingMessage> {
    const secure = hop.url.protocol === 'https:'
    return new Promise((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(
        hop.url,
        {
          method: hop.method,
          headers: hop.headers,
          agent: secure ? agents['https:'] : agents['http:'],
          signal,
        },
        resolve
      )
      request.once('error', reject)
      request.end(hop.body ?? undefined)
    })
  }

  async function readReply(message: IncomingMessage): Promise<HttpReply> {
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of message as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > MAX_REPLY_BYTES) {
        message.destroy()
        throw error('E_PLUGIN_REPLY_TOO_BIG', `the reply has more than ${MAX_REPLY_BYTES} bytes`)
      }
      chunks.push(chunk)
    }
    const text = decoded(Buffer.concat(chunks), message.headers['content-encoding']).toString(
      'utf8'
    )
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ])
    )
    return {
      status: message.statusCode ?? 0,
      headers,
      text,
      json<T>() {
        try {
          return JSON.parse(text) as T
        } catch (cause) {
          throw error(
            'E_PLUGIN_NETWORK',
            `the reply (status ${message.statusCode}) is not JSON`,
            cause
          )
        }
      },
    }
  }

  /** A small reply may unfold into gigabytes: the limit holds for what comes out, too */
  function decoded(body: Buffer, encoding: string | undefined): Buffer {
    const limit = { maxOutputLength: MAX_REPLY_BYTES }
    try {
      if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(body, limit)
      if (encoding === 'br') return brotliDecompressSync(body, limit)
      if (encoding === 'deflate') return inflateSync(body, limit)
      return body
    } catch (cause) {
      const big = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      throw error(
        big ? 'E_PLUGIN_REPLY_TOO_BIG' : 'E_PLUGIN_NETWORK',
        `the reply cannot be unpacked (${(cause as Error).message})`,
        cause
      )
    }
  }
}

/** Credentials stay with the host they were meant for; 303, and POST answered by 301 or 302, become GET */
function nextHop(hop: Hop, url: URL, status: number): Hop {
  const becomesGet = status === 303 || ((status === 301 || status === 302) && hop.method === 'POST')
  const dropped = new Set<string>()
  if (url.origin !== hop.url.origin)
    for (const name of ['authorization', 'cookie', 'host']) dropped.add(name)
  if (becomesGet) for (const name of ['content-type', 'content-length']) dropped.add(name)
  return {
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers: Object.fromEntries(Object.entries(hop.headers).filter(([name]) => !dropped.has(name))),
    body: becomesGet ? null : hop.body,
  }
}
