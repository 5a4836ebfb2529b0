import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '#core/database/app_root'
import { embeddedUrlFile } from '#core/database/server/database_url'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '#core/database/server/embedded_postgres'
import { buildAssetsWhenStale } from './build_assets.js'
import { runCommand, startChild, stopChild, type Child } from './child_processes.js'
import { readDotEnv } from './read_dot_env.js'
import { readPort, refuseTakenPort } from './refuse_taken_port.js'
import { lookAtInstallation } from '#core/reporting/health/look_at_installation'

/** A process that ends by itself is started again, but not for ever */
const RESTARTS = 5
const RESTART_WINDOW_MS = 60_000
/** Milliseconds that a process gets to end before it is replaced by one of newer sources */
const RESTART_KILL_MS = 200

/** What can be done with processes that run, while one develops */
export type Running = {
  /** Ends a process and starts it again from the sources as they are now */
  restart(name: 'web' | 'worker' | 'sandbox'): Promise<void>
  /** Sends the web process a message */
  tell(message: object): void
}

type Options = {
  root: URL
  say: (line: string) => void
  /** Called once everything runs */
  onReady?: (running: Running) => void
}

/**
 * `npm start`: brings everything up in order, prints where to go, and takes it all down again on Ctrl-C. Children run in
 * groups of their own, so the signal reaches us alone and the order of the end is ours: web, worker, Sandbox, database.
 */
export async function superviseEverything({ root, say, onReady }: Options): Promise<void> {
  const env = childEnvironment(root)
  const port = readPort('PORT', env.PORT)
  await refuseTakenPort({ setting: 'PORT', port, host: String(env.HOST) })
  if (env.SANDBOX === 'true') {
    const mailbox = readPort('SANDBOX_SMTP_PORT', env.SANDBOX_SMTP_PORT)
    await refuseTakenPort({ setting: 'SANDBOX_SMTP_PORT', port: mailbox, host: '127.0.0.1' })
  }

  /** From its first moment, so that Ctrl-C while it starts does not leave it behind */
  let postgres: Promise<EmbeddedPostgres> | null = null
  const children = new Map<string, Child>()
  /** What has begun is finished before the end: a demonstration that was cut off would never be whole */
  const underWay = new Set<Promise<unknown>>()
  const finish = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work)
    return work.finally(() => underWay.delete(work))
  }
  let stopping = false
  const stop = async (code: number) => {
    if (stopping) return
    stopping = true
    say('Stopping…')
    await Promise.allSettled(underWay)
    for (const name of ['web', 'worker', 'sandbox']) {
      const child = children.get(name)
      if (child) await stopChild(child)
    }
    await postgres?.then(
      (server) => server.stop(),
      () => undefined
    )
    rmSync(embeddedUrlFile(), { force: true })
    say('Stopped. Your data is kept.')
    process.exit(code)
  }
  /** A terminal that was closed takes no words any more; what runs must be ended in order all the same */
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.removeAllListeners('SIGINT')
  process.removeAllListeners('SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop(0))

  if (!env.DATABASE_URL) {
    say('Starting the database…')
    postgres = startEmbeddedPostgres({ folder: dataFolder('postgres'), durable: true })
    const server = await postgres
    if (stopping) return
    env.DATABASE_URL = server.url
    writeFileSync(embeddedUrlFile(), server.url, { mode: 0o600 })
    void server.died.then((said) => {
      if (stopping) return
      say(said)
      void stop(1)
    })
  }

  /** How each is started, and those whose end was wanted */
  const starts = new Map<string, () => Promise<void>>()
  const replaced = new WeakSet<Child>()
  const restart = async (name: string) => {
    const child = children.get(name)
    if (child) {
      replaced.add(child)
      await stopChild(child, RESTART_KILL_MS)
    }
    await starts.get(name)?.()
  }

  const keepAlive = async (name: string, start: () => Promise<Child>) => {
    const restarts: number[] = []
    const begin = async () => {
      if (stopping) return
      const child = await finish(
        start().then((started) => {
          children.set(name, started)
          return started
        })
      )
      void child.ended.then(async (code) => {
        if (stopping || replaced.has(child)) return
        const now = Date.now()
        restarts.push(now)
        if (restarts.filter((at) => now - at < RESTART_WINDOW_MS).length > RESTARTS) {
          say(`${name} keeps ending (code ${code}). Giving up.`)
          return stop(1)
        }
        say(`${name} ended with code ${code}; starting it again…`)
        await begin().catch(() => stop(1))
      })
    }
    starts.set(name, begin)
    await begin()
  }

  try {
    const before = await lookAtInstallation({ root, databaseUrl: String(env.DATABASE_URL) })
    if (stopping) return
    await Promise.all([
      buildAssetsWhenStale({ root, say }),
      before.migrated ? null : finish(runCommand({ root, args: ['migrate'], env })),
    ])

    const sandbox = () =>
      keepAlive('sandbox', () =>
        startChild({
          root,
          name: 'sandbox',
          script: 'bin/console',
          args: ['serve:sandbox'],
          env,
          quiet: true,
        })
      )
    const serve = () => [
      keepAlive('web', () =>
        startChild({ root, name: 'web', script: 'bin/server', env, quiet: true })
      ),
      keepAlive('worker', () =>
        startChild({
          root,
          name: 'worker',
          script: 'bin/console',
          args: ['serve:worker'],
          env,
          quiet: true,
        })
      ),
    ]
    if (before.inUse) {
      await Promise.all([env.SANDBOX === 'true' ? sandbox() : null, ...serve()])
    } else {
      /** Plugins are enabled when their far side answers, so the Sandbox comes first, once */
      if (env.SANDBOX === 'true') await sandbox()
      if (stopping) return
      await finish(runCommand({ root, args: ['demo'], env }))
      await Promise.all(serve())
    }
  } catch (error) {
    if (!stopping) say(`Griot could not start: ${(error as Error).message}`)
    return stop(1)
  }
  if (stopping) return
  welcome({ port, sandbox: env.SANDBOX === 'true', folder: dataFolder() })
  onReady?.({ restart, tell: (message) => void children.get('web')?.process.send?.(message) })
}

function childEnvironment(root: URL): NodeJS.ProcessEnv {
  const env = { ...readDotEnv(fileURLToPath(new URL('.env', root))), ...process.env }
  env.NODE_ENV ??= 'development'
  env.PORT ??= '3333'
  env.HOST ??= 'localhost'
  env.SANDBOX ??= env.NODE_ENV === 'production' ? 'false' : 'true'
  env.SANDBOX_SMTP_PORT ??= '2525'
  env.LOG_LEVEL ??= 'warn'
  env.GRIOT_DATA ??= dataFolder()
  return env
}

function welcome({
  port,
  sandbox,
  folder,
}: {
  port: number
  sandbox: boolean
  folder: string
}): void {
  const at = `http://localhost:${port}`
  const lines = [
    '',
    `  Griot is running at ${at}`,
    '',
    `  Client portal   ${at}/signin         awa@marche-etoile.ci      griot-demo`,
    `  Administration  ${at}/admin/signin   admin@griot.localhost     griot-demo`,
    ...(sandbox
      ? [`  Sandbox mailbox ${at}/admin/sandbox  everything that was "sent" arrives here`]
      : []),
    '',
    '  Try first: sign in as the client, open Campagnes, and launch the campaign that is waiting.',
    `  Ctrl-C stops everything; your data stays in ${folder}.`,
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
