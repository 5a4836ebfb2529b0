import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type SinkFigures = {
  readonly messages: number
  /** Different recipients */
  readonly recipients: number
  /** Messages beyond the first to the same recipient */
  readonly repeated: number
  readonly bytes: number
  /** Milliseconds since the epoch; 0 before the first message */
  readonly firstAt: number
  readonly lastAt: number
}

export type Sink = {
  readonly port: number
  figures(): Promise<SinkFigures>
  recipients(): Promise<string[]>
  /** Milliseconds before each final answer from now on */
  slow(ms: number): void
  stop(): Promise<void>
}

/** Starts the counting mail server as a process of its own */
export async function startSink(): Promise<Sink> {
  const built = import.meta.url.endsWith('.js')
  const child = fork(
    fileURLToPath(new URL(`./counting_sink.${built ? 'js' : 'ts'}`, import.meta.url)),
    { execArgv: built ? [] : ['--import=@poppinss/ts-exec'], detached: true }
  )
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port))
    child.once('exit', (code) => reject(new Error(`the sink ended with code ${code}`)))
  })
  let asked = 0
  const ask = <T>(what: 'figures' | 'recipients'): Promise<T> => {
    const id = (asked += 1)
    return new Promise((resolve) => {
      const hear = (message: { id?: number } & Record<string, unknown>) => {
        if (message.id !== id) return
        child.off('message', hear)
        resolve(message[what] as T)
      }
      child.on('message', hear)
      child.send({ ask: what, id })
    })
  }
  return {
    port,
    figures: () => ask<SinkFigures>('figures'),
    recipients: () => ask<string[]>('recipients'),
    slow: (ms) => void child.send({ slowMs: ms }),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}
