import type { ChildProcess } from 'node:child_process'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Sees to it that a server, which runs in a group of its own, does not outlive this process: whatever ends us ends it, by its
 * fast shutdown. Whoever listens for the same signal has an end of its own in an order of its own, and is left to it.
 */
export function endWithUs(server: ChildProcess): void {
  const end = () => void server.kill('SIGINT')
  function endOnSignal(signal: NodeJS.Signals) {
    const others = process.listeners(signal).filter(({ name }) => name !== endOnSignal.name)
    if (others.length > 0) return
    server.once('exit', () => process.exit(130))
    end()
  }
  process.once('exit', end)
  for (const signal of SIGNALS) process.on(signal, endOnSignal)
  server.once('exit', () => {
    process.off('exit', end)
    for (const signal of SIGNALS) process.off(signal, endOnSignal)
  })
}
