/*
| One scheduler in a process of its own. It looks when it is told to, at the time that it is told, and says what it did.
*/
import 'reflect-metadata'
import { Ignitor } from '@adonisjs/core'
import { APP_ROOT, importer } from '#core/database/app_root'

type Ask = { readonly id: number; readonly now: string; readonly graceHours: number }

const app = new Ignitor(APP_ROOT, { importer })
  .tap((made) => {
    made.booting(async () => {
      await import('#start/env')
    })
  })
  .createApp('console')
await app.init()
await app.boot()
await app.start(() => undefined)

const { default: pluginKernel } = await import('#core/plugins/main')
const { runDueOccurrences } = await import('#core/campaigns/occurrences/run_due_occurrences')
await pluginKernel.boot()

process.on('message', ({ id, now, graceHours }: Ask) => {
  runDueOccurrences({ now: new Date(now), graceHours }).then(
    (ends) => process.send?.({ id, ends }),
    (error: Error) => process.send?.({ id, ends: [], error: error.stack ?? error.message })
  )
})
/** Nobody is left to tell it the time */
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })
