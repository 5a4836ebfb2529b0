import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig, targets } from '@adonisjs/core/logger'
import { dataFolder } from '#core/database/app_root'

/** Processes that go on; what a command says is seen by who runs it */
const SERVERS = { 'serve:worker': 'worker', 'serve:sandbox': 'sandbox' } as const

function nameOf(words: readonly string[]): string | null {
  if (app.getEnvironment() === 'web') return 'web'
  const command = words.find((word): word is keyof typeof SERVERS => word in SERVERS)
  return command ? SERVERS[command] : null
}

const level = env.get('LOG_LEVEL') ?? (app.inTest ? 'fatal' : 'info')
const name = app.inTest ? null : nameOf(process.argv.slice(2))
const screen = app.inProduction
  ? { target: 'pino/file', level, options: { destination: 1 } }
  : { ...targets.pretty(), level }

/**
 * What goes on is written to the screen and, by the processes that go on, to files in the data folder that only their owner reads: five
 * of ten megabytes each. `./ace log REFERENCE` finds the error that a page gave a reference for.
 */
export default defineConfig({
  default: 'app',
  loggers: {
    app: {
      enabled: true,
      name: 'griot',
      level,
      redact: {
        paths: ['password', '*.password', 'secret', '*.secret', 'authorization', 'cookie'],
        censor: '•••',
      },
      transport: app.inTest
        ? undefined
        : {
            targets: [
              screen,
              ...(name
                ? [
                    {
                      target: 'pino-roll',
                      level,
                      options: {
                        file: dataFolder('log', name),
                        extension: '.log',
                        size: '10m',
                        limit: { count: 4, removeOtherLogFiles: true },
                        mkdir: true,
                        mode: 0o600,
                      },
                    },
                  ]
                : []),
            ],
          },
    },
  },
})
