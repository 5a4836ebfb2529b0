import { BaseCommand } from '@adonisjs/core/ace'
import { fork } from 'node:child_process'
import { entry } from '../child_processes.js'

export default class ServeWeb extends BaseCommand {
  static override commandName = 'serve:web'
  static override description = 'Serve the pages. Any number of these may run over one Postgres'
  static override options = { startApp: false, staysAlive: true }

  override async run() {
    const { file, execArgv } = entry(new URL('../../', import.meta.url), 'bin/server')
    const child = fork(file, { stdio: 'inherit', execArgv })
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => child.kill(signal))
    child.on('exit', (code) => process.exit(code ?? 1))
  }
}
