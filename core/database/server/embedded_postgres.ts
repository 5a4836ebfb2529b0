import {
  spawn,
  spawnSync,
  type ChildProcess,
  type SpawnSyncOptionsWithStringEncoding,
} from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { prepareDatabaseFolder } from './database_folder.js'
import { endWithUs } from './end_with_us.js'
import { DatabaseFolderError } from '../errors.js'
import { explainPostgres } from './explain_postgres.js'
import { postgresBinaries } from './postgres_binaries.js'

/** The unprivileged user that Postgres runs under when we are root: "nobody" on every Linux */
const NOBODY = 65534

/** A folder is where the server is started, and this name for it needs no way through the folders above */
const HERE = '/proc/self/cwd'

export type EmbeddedPostgres = {
  /** Address of the application's database, for an ordinary (not super) user */
  readonly url: string
  /** Address of another database of the same cluster; made when it does not exist */
  database(name: string): Promise<string>
  /**
   * Ends the server and starts it again on the same port: in order (`fast`), or as after a crash (`immediate`).
   *
   * @param o.awayMs milliseconds between the end and the start
   */
  restart(o: { mode: 'fast' | 'immediate'; awayMs?: number }): Promise<void>
  /** Fast shutdown: rolls open transactions back and waits for the server to end */
  stop(): Promise<void>
  /** Resolves when the server ends, with a sentence that says why and what to do */
  readonly died: Promise<string>
}

type Options = {
  /** Folder that holds the cluster; made when missing */
  readonly folder: string
  /** Throw-away clusters skip fsync: they are made for one run and deleted */
  readonly durable: boolean
}

/**
 * Starts a Postgres 18 that came with npm, on loopback and a free port, with its data in `folder`.
 * As root it runs under an unprivileged user, which Postgres demands.
 *
 * We start the binaries ourselves: the package's own class adds system users and an exit hook.
 *
 * @throws DatabaseFolderError naming the folder and the cure when it belongs to another user, is not
 * reachable, is damaged, or the disk is full
 */
export async function startEmbeddedPostgres({
  folder,
  durable,
}: Options): Promise<EmbeddedPostgres> {
  const root = process.getuid?.() === 0
  const as = root ? { uid: NOBODY, gid: NOBODY } : {}

  const { made } = prepareDatabaseFolder({
    folder,
    owner: root ? NOBODY : process.getuid?.(),
    handOver: root,
  })
  const bin = await postgresBinaries(as)
  const passwordFile = `${folder}.password`
  if (!made) createCluster({ folder, passwordFile, initdb: bin.initdb, as })
  if (!existsSync(passwordFile)) {
    throw new DatabaseFolderError(
      `The database folder ${folder} has no password beside it (${passwordFile}). ` +
        'Restore that file, or move the folder away to begin with an empty database.'
    )
  }

  const password = readFileSync(passwordFile, 'utf8').trim()
  const port = await freePort()
  const begin = () => launch({ postgres: bin.postgres, folder, port, as, durable })
  let server = await begin()
  const address = (user: string, database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`

  const database = async (name: string) => {
    const client = new pg.Client({ connectionString: address('postgres', 'postgres') })
    await client.connect()
    try {
      /** The application never runs as superuser: the ledger's guards hold for it too */
      const role = await client.query(`select 1 from pg_roles where rolname = 'griot'`)
      if (!role.rowCount)
        await client.query(`create role griot login createrole createdb password '${password}'`)
      const known = await client.query('select 1 from pg_database where datname = $1', [name])
      if (!known.rowCount)
        await client.query(`create database ${pg.escapeIdentifier(name)} owner griot`)
    } finally {
      await client.end()
    }
    return address('griot', name)
  }

  const url = await database('griot').catch(async (cause: Error) => {
    await stop(server.child, server.died)
    throw new DatabaseFolderError(explainPostgres({ output: cause.message, folder }), { cause })
  })
  return {
    url,
    database,
    died: server.died.then((output) => explainPostgres({ output, folder, ran: true })),
    restart: async ({ mode, awayMs = 0 }) => {
      await stop(server.child, server.died, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
      await new Promise((resolve) => setTimeout(resolve, awayMs))
      server = await begin()
    },
    stop: () => stop(server.child, server.died),
  }
}

/**
 * Starts a cluster in a new temporary folder that `stop()` deletes: for tests, benches and `main-job`.
 *
 * @param o.durable whether commits reach the disk; what measures or breaks things says yes, tests need not
 */
export async function startThrowAwayPostgres(
  o: { durable?: boolean } = {}
): Promise<EmbeddedPostgres> {
  const folder = join(tmpdir(), `griot-${process.pid}-${randomBytes(4).toString('hex')}`, 'data')
  mkdirSync(dirname(folder), { recursive: true, mode: 0o755 })
  const server = await startEmbeddedPostgres({ folder, durable: o.durable ?? false })
  return {
    ...server,
    stop: async () => {
      await server.stop()
      rmSync(dirname(folder), { recursive: true, force: true })
    },
  }
}

/**
 * How the server is told its folder. As root on Linux the folder may lie in a private home that the unprivileged user
 * cannot walk through, so the server is started in it and knows it by that.
 */
function dataFolderOf(o: { folder: string; as: object }): { name: string; cwd: string } {
  const fromInside = 'uid' in o.as && existsSync(HERE)
  return fromInside ? { name: HERE, cwd: o.folder } : { name: o.folder, cwd: '/' }
}

function createCluster(o: { folder: string; passwordFile: string; initdb: string; as: object }) {
  const password = randomBytes(18).toString('base64url')
  writeFileSync(o.passwordFile, password, { mode: 0o600 })

  const inbox = mkdtempSync(join(tmpdir(), 'griot-'))
  const handed = join(inbox, 'password')
  writeFileSync(handed, password, { mode: 0o600 })
  if ('uid' in o.as) for (const path of [inbox, handed]) chownSync(path, NOBODY, NOBODY)

  const { name, cwd } = dataFolderOf(o)
  const made = spawnSync(
    o.initdb,
    [
      '-D',
      name,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${handed}`,
      '-E',
      'UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ],
    /** detached: Ctrl-C must not cut it off half-way; what it made is then kept */
    { ...o.as, cwd, encoding: 'utf8', detached: true } as SpawnSyncOptionsWithStringEncoding
  )
  rmSync(inbox, { recursive: true, force: true })
  if (made.status !== 0) {
    rmSync(o.passwordFile, { force: true })
    throw new DatabaseFolderError(
      explainPostgres({ output: made.stderr || String(made.error), folder: o.folder })
    )
  }
}

async function launch(o: {
  postgres: string
  folder: string
  port: number
  as: object
  durable: boolean
}) {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '120',
    shared_buffers: '512MB',
    wal_buffers: '32MB',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    max_wal_size: '2GB',
    ...(o.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])

  /** detached: Ctrl-C in the terminal must not reach the server before our own shutdown does */
  const { name, cwd } = dataFolderOf(o)
  const child = spawn(o.postgres, ['-D', name, '-p', String(o.port), ...flags], {
    ...o.as,
    cwd,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  endWithUs(child)

  let said = ''
  /** Not `exit`: its last words, which tell what is wrong, may still be on their way then */
  const died = new Promise<string>((resolve) => child.once('close', () => resolve(said)))
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(
        new DatabaseFolderError(
          explainPostgres({ output: `not ready after 60 s\n${said}`, folder: o.folder })
        )
      )
    }, 60_000)
    child.once('error', reject)
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8_000)
      if (said.includes('ready to accept connections')) {
        clearTimeout(timer)
        resolve()
      }
    })
    void died.then(() => {
      clearTimeout(timer)
      reject(new DatabaseFolderError(explainPostgres({ output: said, folder: o.folder })))
    })
  })
  return { child, died }
}

async function stop(
  child: ChildProcess,
  died: Promise<string>,
  signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'
) {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGQUIT'), 20_000)
  await died
  clearTimeout(timer)
}

/** Asks the system for a port that nobody listens on */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) =>
    probe.once('error', reject).listen(0, '127.0.0.1', resolve)
  )
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}
