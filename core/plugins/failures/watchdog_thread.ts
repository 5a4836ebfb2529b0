/*
| The thread behind watchdog.ts. It imports little: it must work when the main thread does not. Node runs this file without a
| loader, so: types that can be erased, and imports of packages alone.
*/
import { writeSync } from 'node:fs'
import { Session, type Debugger } from 'node:inspector'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'
import type { WatchdogData, WatchedPlugin } from './watchdog.js'

const TICK_MS = 250
/** Longest wait for the debugger: native code (a synchronous child process) cannot be paused */
const PAUSE_MS = 1_500

const { memory, limitMs, databaseUrl } = workerData as WatchdogData
const counter = new Int32Array(memory, 0, 2)
const name = new Uint8Array(memory, 8)
let plugins: readonly WatchedPlugin[] = []
let seen = -1
/** Ticks of our own, not the clock: a machine that slept, or a stopped process, stands still in both threads */
let stale = 0
let looking = false
let told = false

parentPort?.on('message', (list: readonly WatchedPlugin[]) => (plugins = list))

setInterval(() => {
  const now = Atomics.load(counter, 0)
  stale = now === seen ? stale + 1 : 0
  if (stale === 0) told = false
  seen = now
  if (stale * TICK_MS < limitMs || looking) return
  stale = 0
  looking = true
  void look().finally(() => (looking = false))
}, TICK_MS)

async function look() {
  const urls = await callFrames()
  /** The debugger's word is final: the last plugin entered is a guess for when it has none */
  const culprit = urls.length > 0 ? pluginOf(urls) : lastEntered()
  if (!culprit) {
    if (!told)
      writeSync(
        2,
        `The event loop stands still for ${limitMs} ms, and not in a plugin: ${urls[0] ?? 'unknown place'}\n`
      )
    told = true
    return
  }
  const detail = `It kept the process busy for more than ${limitMs} ms${urls[0] ? `, at ${urls[0]}` : ''}. The process was ended`
  await quarantine(culprit, detail).catch((error: Error) =>
    writeSync(2, `Could not put ${culprit} into quarantine: ${error.message}\n`)
  )
  writeSync(2, `Plugin ${culprit} blocked the event loop (E_PLUGIN_BLOCKED); ending the process\n`)
  process.kill(process.pid, 'SIGKILL')
}

/** Where the main thread is, innermost first; empty when it cannot be paused */
async function callFrames(): Promise<readonly string[]> {
  const session = new Session()
  try {
    session.connectToMainThread()
    /** Frames name a script by its number only; its address was told when it was parsed */
    const scripts = new Map<string, string>()
    session.on(
      'Debugger.scriptParsed',
      ({ params }: { params: Debugger.ScriptParsedEventDataType }) =>
        scripts.set(params.scriptId, params.url)
    )
    const paused = new Promise<readonly string[]>((resolve) => {
      session.on('Debugger.paused', ({ params }: { params: Debugger.PausedEventDataType }) =>
        resolve(
          params.callFrames.map(
            (frame) =>
              `${scripts.get(frame.location.scriptId) ?? ''}:${frame.location.lineNumber + 1}`
          )
        )
      )
    })
    session.post('Debugger.enable')
    session.post('Debugger.pause')
    return await Promise.race([
      paused,
      new Promise<readonly string[]>((resolve) => setTimeout(resolve, PAUSE_MS, [])),
    ])
  } catch {
    return []
  } finally {
    /** Lets the main thread go on when it is not to blame */
    session.disconnect()
  }
}

function pluginOf(urls: readonly string[]): string | null {
  for (const url of urls) {
    const plugin = plugins.find(({ folder }) => url.startsWith(`${pathToFileURL(folder).href}/`))
    if (plugin) return plugin.id
  }
  return null
}

function lastEntered(): string | null {
  const length = Atomics.load(counter, 1)
  return length > 0 ? new TextDecoder().decode(name.slice(0, length)) : null
}

async function quarantine(pluginId: string, detail: string) {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    application_name: 'griot watchdog',
  })
  await client.connect()
  await client.query(
    `insert into plugin_failures (plugin_id, code, operation, detail) select id,
      'E_PLUGIN_BLOCKED', 'event loop', $2 from plugins where id = $1`,
    [pluginId, detail]
  )
  await client.query(
    `update plugins set quarantined_at = now(),
      quarantine_code = 'E_PLUGIN_BLOCKED', quarantine_reason = $2, updated_at = now()
      where id = $1 and quarantined_at is null`,
    [pluginId, detail]
  )
  await client.end()
}
