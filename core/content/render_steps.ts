import { threadCpuUsage } from 'node:process'
import type { Context } from 'liquidjs'

/** Nodes and turns of loops in one rendering. A newsletter takes some hundreds; 400,000 characters hold about 40,000 nodes */
const MAX_STEPS = 50_000
/** Every so many steps the processor time is looked at */
const LOOK_EVERY = 500
/** Microseconds of processor time of this thread: for few steps that are each slow. Not a clock, which a busy machine moves on */
const MAX_CPU = 2_000_000

type RenderLimit = Context['renderLimit']

/**
 * Ends a rendering that goes on and on. The engine offers a clock, with which an innocent message fails when the machine
 * pauses; it asks `check` at each node and at each turn of a loop, empty ones too, so the questions are counted instead.
 */
class Steps {
  #steps = 0
  #cpuAtStart = 0

  /** @throws Error when the rendering has gone on for too long */
  check(): void {
    this.#steps += 1
    if (this.#steps > MAX_STEPS) throw new Error('template render limit exceeded')
    if (this.#steps % LOOK_EVERY !== 0) return
    const cpu = threadCpuUsage()
    const used = cpu.user + cpu.system
    if (this.#cpuAtStart === 0) this.#cpuAtStart = used
    if (used - this.#cpuAtStart > MAX_CPU) throw new Error('template render limit exceeded')
  }

  use(): void {}
}

/** The engine's type has private members; it calls these two methods alone */
export const RenderSteps = Steps as unknown as new () => RenderLimit
