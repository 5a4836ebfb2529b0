/*
| Entry point of the tests. Named with one suite it runs that suite in this process, on a database of its own; without,
| it runs itself once for each suite and adds the figures up. `--only PATH` runs one file, whichever suite it is of.
*/
process.env.NODE_ENV = 'test'
process.env.LOG_LEVEL ??= 'fatal'
process.env.TZ = 'UTC'

import 'reflect-metadata'
import { Ignitor, prettyPrintError } from '@adonisjs/core'
import { configure, processCLIArgs, run } from '@japa/runner'
import { APP_ROOT, importer } from '#core/database/app_root'
import { onlyFile, prepareSuite, runEverySuite } from '#tests/suites'

const suites = ['unit', 'functional', 'conformance', 'browser']
const only = onlyFile(process.argv.slice(2))
if (only instanceof Error) {
  process.stderr.write(`${only.message}\n`)
  process.exit(1)
}
if (only) process.exit(await runEverySuite([only.suite], [`--files=${only.file}`]))

const named = process.argv.slice(2).filter((argument) => suites.includes(argument))

if (named.length !== 1) {
  process.exit(await runEverySuite(named.length > 0 ? named : suites))
}

await prepareSuite(named[0])

new Ignitor(APP_ROOT, { importer })
  .tap((app) => {
    app.booting(async () => {
      await import('#start/env')
    })
    app.listen('SIGTERM', () => app.terminate())
  })
  .testRunner()
  .configure(async (app) => {
    const { runnerHooks, ...config } = await import('#tests/bootstrap')
    processCLIArgs(process.argv.slice(2))
    configure({
      ...app.rcFile.tests,
      ...config,
      ...{ setup: runnerHooks.setup, teardown: [...runnerHooks.teardown, () => app.terminate()] },
    })
  })
  .run(() => run())
  .catch((error) => {
    process.exitCode = 1
    prettyPrintError(error)
  })
