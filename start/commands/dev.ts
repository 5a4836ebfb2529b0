import { dataFolder } from '#core/database/app_root'
import Start from './start.js'

export default class Dev extends Start {
  static override commandName = 'dev'
  static override description =
    'Run everything as "start" does, and follow the sources: restart what runs, reload pages and styles'

  override async run() {
    process.env.GRIOT_DEV = 'true'
    /** What was compiled once is not compiled at each restart */
    process.env.NODE_COMPILE_CACHE ??= dataFolder('compiled')
    await this.supervise({ watched: true })
  }
}
