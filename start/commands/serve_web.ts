import { BaseCommand } from '@adonisjs/core/ace'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export default class ServeWeb extends BaseCommand {
  static override commandName = 'serve:web'
  static override description = 'Serve the pages. Any number of these may run over one Postgres'
  static override options = { startApp: false, staysAlive: true }

  override async run() {
    const built = import.meta.url.endsWith('.js')
    const entry = fileURLToPath(new URL(`../../bin/server.${built ? 'js' : 'ts'}`, import.meta.url))
    const child = fork(entry, {
      stdio: 'inherit',
      execArgv: built ? [] : ['--import=@poppinss/ts-exec'],
    })
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => child.kill(signal))
    child.on('exit', (code) => process.exit(code ?? 1))
  }
}
