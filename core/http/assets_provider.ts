import ViteProvider from '@adonisjs/vite/vite_provider'

/**
 * Vite's provider, which starts its development server in every test process too. Ours starts it under `ace serve` only:
 * tests and `npm start` use the built assets, and the page needs no socket that its CSP would refuse.
 */
export default class AssetsProvider extends ViteProvider {
  override async start() {
    if (process.env.DEV_MODE) await super.start()
  }

  override async shutdown() {
    if (process.env.DEV_MODE) await super.shutdown()
  }
}
