import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type Child = {
  readonly name: string
  readonly process: ChildProcess
  readonly ended: Promise<number>
}

/** Milliseconds to be ready, and to end after SIGTERM before it is killed */
const READY_MS = 60_000
const KILL_MS = 15_000

/**
 * What keeps the memory of a background process flat. V8 lets a young generation grow to 96 MB, of which a worker at full speed
 * needs half; with less than 16 it collects all the time and sends a third slower. glibc keeps an arena a thread, each with its
 * own leftovers. Not `--optimize-for-size`: it costs half as much processor time again.
 */
const SMALL_FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=256']
const SMALL_ENV = { MALLOC_ARENA_MAX: '2' }

/** A file of the project as Node runs it: JavaScript in a build, TypeScript in the sources */
export function entry(root: URL, name: string): { file: string; execArgv: string[] } {
  const built = fileURLToPath(new URL(`${name}.js`, root))
  if (existsSync(built)) return { file: built, execArgv: [] }
  return {
    file: fileURLToPath(new URL(`${name}.ts`, root)),
    execArgv: ['--import=@poppinss/ts-exec'],
  }
}

/**
 * Starts one of our processes in a group of its own, so that Ctrl-C reaches the supervisor alone, and waits until it
 * says that it is ready.
 *
 * @throws Error when it ends before, or is not ready in a minute
 */
export async function startChild(o: {
  root: URL
  name: string
  script: 'bin/server' | 'bin/console'
  args?: readonly string[]
  env: NodeJS.ProcessEnv
  quiet?: boolean
}): Promise<Child> {
  const { file, execArgv } = entry(o.root, o.script)
  if (!existsSync(file)) throw new Error(`${file} is missing`)
  /** The web process answers people and keeps its speed */
  const small = o.script === 'bin/console'
  const child = fork(file, [...(o.args ?? [])], {
    cwd: fileURLToPath(o.root),
    env: small ? { ...SMALL_ENV, ...o.env } : o.env,
    execArgv: small ? [...SMALL_FLAGS, ...execArgv] : execArgv,
    detached: true,
    stdio: ['ignore', o.quiet ? 'ignore' : 'inherit', 'inherit', 'ipc'],
  })
  const ended = new Promise<number>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  )
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${o.name} was not ready after ${READY_MS / 1_000} s`))
    }, READY_MS)
    child.on(
      'message',
      (message: { ready?: string; isAdonisJS?: boolean; environment?: string }) => {
        if (!message.ready && !(message.isAdonisJS && message.environment === 'web')) return
        clearTimeout(timer)
        resolve()
      }
    )
    void ended.then((code) => {
      clearTimeout(timer)
      reject(new Error(`${o.name} ended with code ${code} before it was ready`))
    })
  })
  return { name: o.name, process: child, ended }
}

/** Runs one of our commands to its end, which Ctrl-C does not cut off; its last output is in the error when it fails */
export async function runCommand(o: {
  root: URL
  args: readonly string[]
  env: NodeJS.ProcessEnv
}): Promise<void> {
  const { file, execArgv } = entry(o.root, 'bin/console')
  const child = fork(file, [...o.args], {
    cwd: fileURLToPath(o.root),
    env: o.env,
    execArgv,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  const keep = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000))
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const code = await new Promise<number>((resolve) =>
    child.once('close', (status) => resolve(status ?? 1))
  )
  if (code !== 0) throw new Error(`"ace ${o.args.join(' ')}" failed:\n${said.trim()}`)
}

/** Starts one of our commands that speaks to the terminal itself, with the memory of a worker */
export function forkCommand(o: {
  root: URL
  args: readonly string[]
  env: NodeJS.ProcessEnv
}): ChildProcess {
  const { file, execArgv } = entry(o.root, 'bin/console')
  return fork(file, [...o.args], {
    cwd: fileURLToPath(o.root),
    env: { ...SMALL_ENV, ...o.env },
    execArgv: [...SMALL_FLAGS, ...execArgv],
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
}

/** Asks a process to end, and ends it when it does not */
export async function stopChild(child: Child, killMs = KILL_MS): Promise<void> {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return
  child.process.kill('SIGTERM')
  const timer = setTimeout(() => child.process.kill('SIGKILL'), killMs)
  await child.ended
  clearTimeout(timer)
}
