import app from '@adonisjs/core/services/app'
import env from '#start/env'
import { APP_ROOT, dataFolder } from '#core/database/app_root'
import { openFlags, type Flags } from './flags.js'

let opened: Promise<Flags> | null = null

/** The flags of this process, opened when they are first asked for */
export function flags(): Promise<Flags> {
  if (!opened) {
    opened = openFlags({
      url: env.get('UNLEASH_URL'),
      token: env.get('UNLEASH_TOKEN'),
      seedFile: new URL('config/flags.json', APP_ROOT),
      folder: dataFolder('flags'),
    })
    app.terminating(async () => (await opened)?.close())
  }
  return opened
}
