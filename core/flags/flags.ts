import { readFile } from 'node:fs/promises'
import { Unleash } from 'unleash-client'
import logger from '@adonisjs/core/services/logger'
import { FlagStore } from './flag_store.js'

/** Whether something is on for an account */
export interface Flags {
  /**
   * @param flag name, for instance `griot.campaigns`
   * @param accountId account that asks: a gradual rollout is sticky by account
   */
  isEnabled(flag: string, accountId: string): boolean
  close(): Promise<void>
}

export type FlagsOptions = {
  /** Address of an Unleash server; without it the flags of `seedFile` hold */
  readonly url?: string
  readonly token?: string
  /** Milliseconds between two looks at the server */
  readonly refreshMs?: number
  /** Flags of the package, in the server's own format */
  readonly seedFile: URL
  /** Folder of the backup */
  readonly folder: string
}

/** An address that refuses at once: without a server the client answers from its store */
const NOWHERE = 'http://127.0.0.1:1/api'

/**
 * Opens the flags. Never waits for the server: what was last known, or the package's own flags, hold until it answers.
 */
export async function openFlags(o: FlagsOptions): Promise<Flags> {
  const seed = JSON.parse(await readFile(o.seedFile, 'utf8')) as object
  const client = new Unleash({
    appName: 'griot',
    url: o.url ? `${o.url.replace(/\/+$/, '')}/api` : NOWHERE,
    customHeaders: o.token ? { Authorization: o.token } : {},
    refreshInterval: o.url ? (o.refreshMs ?? 15_000) : 0,
    disableMetrics: !o.url,
    disableAutoStart: true,
    storageProvider: new FlagStore(o.folder, seed) as never,
  })
  client.on('error', (error: Error) => {
    if (!o.url) return
    /** 401 and 403 end the looking for good: somebody must be told */
    const refused = /40[13]/.test(error.message)
    logger[refused ? 'error' : 'warn'](
      { err: error },
      refused
        ? 'The flag server refuses our token; flags stay as they are'
        : 'The flag server does not answer; the last known flags hold'
    )
  })
  client.on('warn', (message: string) => logger.debug({ message }, 'flags'))

  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()))
  const started = client.start()
  started.catch(() => undefined)
  await ready

  return {
    isEnabled: (flag, accountId) => client.isEnabled(flag, { properties: { accountId } }, false),
    async close() {
      client.destroy()
      /** Ending takes the listeners away; a request that fails after that would crash the process */
      const quiet = () => undefined
      client.on('error', quiet)
      ;(
        client as unknown as { repository?: { on(event: string, listener: () => void): void } }
      ).repository?.on('error', quiet)
    },
  }
}
