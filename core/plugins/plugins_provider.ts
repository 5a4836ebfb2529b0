import { systemClock } from '#core/database/clock'
import { bundledPlugins } from '#config/plugins'
import { delimiter, resolve } from 'node:path'
import type { ApplicationService } from '@adonisjs/core/types'
import { applicationKey } from '#core/database/application_key'
import { databaseUrl } from '#core/database/server/database_url'
import { hostVersionOf } from './discovery/discover_plugins.js'
import { KERNEL_DEFAULTS, type KernelOptions } from './runtime/kernel_options.js'
import { PluginKernel } from './plugin_kernel.js'

/** What config/plugins.ts may set; the file may be absent */
export type PluginsConfig = Partial<
  Pick<
    KernelOptions,
    | 'allowedNetworks'
    | 'bootTimeoutMs'
    | 'callTimeoutMs'
    | 'failures'
    | 'blockedLimitMs'
    | 'safeMode'
    | 'sandbox'
    | 'crossing'
  >
> & {
  /** More folders of plugins, beside plugins/ */
  readonly folders?: readonly string[]
}

/**
 * The only provider of plugins: Adonis has no containment between providers, so plugins are not providers. It binds
 * the kernel and imports no plugin by itself: web and worker call `boot` and `listen`, commands what they need.
 */
export default class PluginsProvider {
  constructor(protected readonly app: ApplicationService) {}

  register() {
    this.app.container.singleton(PluginKernel, async () => {
      const config = this.app.config.get<PluginsConfig>('plugins', {})
      const { folders = [], ...numbers } = config
      const logger = await this.app.container.make('logger')
      const encryption = await this.app.container.make('encryption')
      return new PluginKernel({
        ...KERNEL_DEFAULTS,
        safeMode: truthy(process.env.SAFE_MODE),
        sandbox: truthy(process.env.SANDBOX),
        ...numbers,
        folders: {
          bundled: this.app.makePath('plugins'),
          ours: bundledPlugins,
          others: [...folders, ...fromEnvironment()].map((folder) =>
            resolve(this.app.makePath(), folder)
          ),
        },
        hostVersion: await hostVersionOf(this.app.appRoot),
        databaseUrl,
        appUrl: this.app.config.get<string>('app.appUrl'),
        logger,
        encryption: {
          encrypt: (value, options) => encryption.encrypt(value, options),
          decrypt: (cipher, purpose) => encryption.decrypt(cipher, purpose),
        },
        key: applicationKey(),
        clock: systemClock,
      })
    })
  }

  async boot() {
    if (this.app.getEnvironment() !== 'web' && this.app.getEnvironment() !== 'test') return
    const server = await this.app.container.make('server')
    server.use([() => import('./webhooks/webhooks_middleware.js')])
  }

  /** Before the first request. Without a database the pages still come; the listener tries again until it is there */
  async start() {
    if (this.app.getEnvironment() !== 'web') return
    const kernel = await this.app.container.make(PluginKernel)
    await kernel
      .boot()
      .catch((error: unknown) =>
        kernel.options.logger.error({ err: error }, 'Plugins could not be started; trying again')
      )
    await kernel.listen()
  }

  async shutdown() {
    if (!this.app.container.hasBinding(PluginKernel)) return
    const kernel = await this.app.container.make(PluginKernel)
    await kernel.shutdown()
  }
}

const truthy = (value: string | undefined) =>
  ['1', 'true', 'yes', 'on'].includes((value ?? '').toLowerCase())

/** PLUGIN_FOLDERS: more folders, separated as in PATH, for authors who try a plugin outside of the repository */
const fromEnvironment = () => (process.env.PLUGIN_FOLDERS ?? '').split(delimiter).filter(Boolean)
