import { readFileSync } from 'node:fs'

/** Watches how much memory a process keeps resident; zero where the system does not tell */
export class WorkerMemory {
  #peakKb = 0
  #timer: NodeJS.Timeout

  constructor(private readonly pid: number) {
    this.#timer = setInterval(() => this.#look(), 250)
  }

  /** @returns the largest figure seen, in megabytes */
  stop(): number {
    clearInterval(this.#timer)
    this.#look()
    return Math.round(this.#peakKb / 1_024)
  }

  #look(): void {
    try {
      const kb = Number(
        /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? 0
      )
      this.#peakKb = Math.max(this.#peakKb, kb)
    } catch {
      clearInterval(this.#timer)
    }
  }
}
