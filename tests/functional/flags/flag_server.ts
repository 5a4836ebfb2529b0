import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, startThrowAwayPostgres } from '#core/database/server/embedded_postgres'

const FOLDER = fileURLToPath(new URL('../../unleash/', import.meta.url))
export const BACKEND_TOKEN = 'default:development.griot-backend-test-token'
const ADMIN_TOKEN = '*:*.griot-admin-test-token'

/** A real flag server with its own database, as a process of its own, and the calls that a person would make in its pages */
export async function startFlagServer() {
  if (!existsSync(`${FOLDER}node_modules/unleash-server`)) {
    const installed = spawnSync(
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      { cwd: FOLDER, stdio: 'inherit' }
    )
    if (installed.status !== 0) throw new Error('The flag server could not be installed')
  }
  const postgres = await startThrowAwayPostgres()
  const database = new URL(await postgres.database('unleash'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const start = async () => {
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=256', 'node_modules/unleash-server/dist/server.js'],
      {
        cwd: FOLDER,
        stdio: 'ignore',
        env: {
          PATH: process.env.PATH,
          DATABASE_HOST: database.hostname,
          DATABASE_PORT: database.port,
          DATABASE_NAME: 'unleash',
          DATABASE_USERNAME: database.username,
          DATABASE_PASSWORD: database.password,
          DATABASE_SSL: 'false',
          HTTP_HOST: '127.0.0.1',
          HTTP_PORT: String(port),
          UNLEASH_URL: url,
          NODE_ENV: 'production',
          LOG_LEVEL: 'fatal',
          CHECK_VERSION: 'false',
          SEND_TELEMETRY: 'false',
          GRACEFUL_SHUTDOWN_ENABLE: 'false',
          INIT_BACKEND_API_TOKENS: BACKEND_TOKEN,
          INIT_ADMIN_API_TOKENS: ADMIN_TOKEN,
          ENABLED_ENVIRONMENTS: 'development',
        },
      }
    )
    for (let tries = 0; tries < 300; tries++) {
      if (child.exitCode !== null)
        throw new Error(`The flag server ended with code ${child.exitCode}`)
      if (
        await fetch(`${url}/health`).then(
          (reply) => reply.ok,
          () => false
        )
      )
        return child
      await sleep(100)
    }
    throw new Error('The flag server was not ready after 30 s')
  }
  let child = await start()
  const halt = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  const admin = async (method: string, path: string, body?: object) => {
    const reply = await fetch(`${url}/api/admin${path}`, {
      method,
      headers: { 'authorization': ADMIN_TOKEN, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : undefined,
    })
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
    return (reply.headers.get('content-type') ?? '').includes('json')
      ? ((await reply.json()) as Record<string, unknown>)
      : {}
  }
  return {
    url,
    admin,
    halt,
    async restart() {
      child = await start()
    },
    async stop() {
      await halt()
      await postgres.stop()
    },
  }
}
