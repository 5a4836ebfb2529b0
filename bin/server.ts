/*
| Entry point of the web process.
*/
import 'reflect-metadata'
import { createServer, type RequestListener, type Server } from 'node:http'
import { Ignitor, prettyPrintError } from '@adonisjs/core'
import { APP_ROOT, importer } from '#core/database/app_root'

/** What this process writes into the data folder is for its owner alone */
process.umask(0o077)

/** Addresses in messages are answered before the framework. Loaded once the application has booted: it needs its services */
let serve: (handler: RequestListener) => Server = createServer

new Ignitor(APP_ROOT, { importer })
  .tap((app) => {
    app.booting(async () => {
      await import('#start/env')
    })
    app.starting(async () => {
      const { trackingServer } = await import('#core/tracking/intake/tracking_server')
      serve = trackingServer
    })
    /** Hooks run in reverse order: this one last, when nobody is served any more and before the database is let go */
    app.terminating(async () => {
      const { closeEventBuffer } = await import('#core/tracking/intake/event_buffer')
      await closeEventBuffer()
    })
    app.listen('SIGTERM', () => app.terminate())
    app.listenIf(app.managedByPm2, 'SIGINT', () => app.terminate())
  })
  .httpServer()
  .start((handler) => serve(handler))
  .catch((error) => {
    process.exitCode = 1
    prettyPrintError(error)
  })
