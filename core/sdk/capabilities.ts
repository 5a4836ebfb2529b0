import type { Socket } from 'node:net'

/**
 * Services handed to a plugin for each capability that it declared and that the admin granted. What was not
 * granted is absent from the context, in the types and at run time.
 */
export interface CapabilitiesList {
  /** HTTPS to the hosts of the manifest. Addresses are checked: private and loopback networks are refused */
  http: { readonly http: HttpClient }
  /** TCP to a host of the settings, for protocols other than HTTP (SMTP, SMPP). Addresses are checked alike */
  tcp: { readonly tcp: TcpDialer }
  /** The secrets that the manifest names, by value. Stored encrypted, never logged */
  secrets: { readonly secrets: SecretsReader }
  /** A small key-value store of the plugin's own */
  storage: { readonly storage: KeyValueStore }
  /** SQL inside the plugin's own Postgres schema, and nowhere else */
  database: { readonly database: PluginDatabase }
  /** Addresses under which the outside can call the plugin */
  webhooks: { readonly webhooks: WebhookAddresses }
  /** The plugin's own tasks, now or later */
  schedule: { readonly schedule: TaskScheduler }
  /** The contact fields that the manifest lists, of the recipients of a run */
  contacts: { readonly contacts: ContactFieldsReader }
  /** Pages in the admin, made of plain data that the kernel renders */
  pages: Record<never, never>
}
export type Capability = keyof CapabilitiesList

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly body?: string | Uint8Array
  /** Name of a secret that the kernel puts into `Authorization: Bearer …`; the plugin never sees it */
  readonly auth?: string
  /** Milliseconds for the whole exchange; 15,000 unless told, 60,000 at most */
  readonly timeoutMs?: number
}
export type HttpReply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** At most 5 MB */
  readonly text: string
  json<T = unknown>(): T
}
export interface HttpClient {
  /**
   * @throws E_PLUGIN_HOST_REFUSED for a host outside of the manifest's list, also on a redirect
   * @throws E_PLUGIN_ADDRESS_REFUSED for a name that resolves to a private or loopback address
   */
  request(request: HttpRequest): Promise<HttpReply>
}
export interface TcpDialer {
  /**
   * Opens a connection, the address checked as for HTTP.
   * @param options.timeoutMs milliseconds to connect; 10,000 unless told
   */
  connect(options: { host: string; port: number; timeoutMs?: number }): Promise<Socket>
}
export interface SecretsReader {
  /** @returns the value, or null when the admin has not set it */
  get(name: string): Promise<string | null>
}
export interface KeyValueStore {
  get(key: string): Promise<string | null>
  /** @param options.ttlMs milliseconds until the value is forgotten */
  set(key: string, value: string, options?: { ttlMs?: number }): Promise<void>
  delete(key: string): Promise<void>
}
export interface PluginDatabase {
  /** Runs one statement with `$1`, `$2`… in the plugin's schema; at most 15 seconds */
  query<T = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<T[]>
}
export interface WebhookAddresses {
  /** Public address of a webhook that the manifest names */
  urlFor(name: string): string
}
export interface TaskScheduler {
  /** Queues one of the plugin's own tasks. The payload carries ids, never personal data */
  add(
    task: string,
    payload?: Record<string, unknown>,
    options?: { runAt?: Date; key?: string }
  ): Promise<void>
}
export interface ContactFieldsReader {
  /** The granted fields of some recipients of a run, by delivery id */
  read(
    deliveryIds: readonly string[]
  ): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>>
}
