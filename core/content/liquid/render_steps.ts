import { threadCpuUsage } from 'node:process'
import type { Context } from 'liquidjs'
import { TemplateInvalidError } from '../errors.js'

/** Nodes, turns of loops and items given to filters in one rendering. A newsletter takes some hundreds; 400,000 characters hold about 40,000 nodes */
const MAX_STEPS = 50_000
/** Every so many steps the processor time is looked at */
const LOOK_EVERY = 500
/** Microseconds of processor time of this thread: for few steps that are each slow. Not a clock, which a busy machine moves on */
const MAX_CPU = 1_000_000
/** Characters and items that filters may make in one rendering */
const MAX_MEMORY = 5_000_000
/** Items of one list or range */
export const MAX_ITEMS = 5_000

type Limit = Context['renderLimit']

/**
 * Ends a rendering that goes on and on. The engine offers a clock, with which an innocent message fails when the machine
 * pauses; it asks `check` at each node and at each turn of a loop, empty ones too, so the questions are counted instead.
 */
class Steps {
  #steps = 0
  #looked = 0
  #cpuAtStart = 0

  /** @throws TemplateInvalidError when the rendering has gone on for too long */
  check(): void {
    this.charge(1)
  }

  /** Counts work that the engine does not ask about, as that of a filter */
  charge(steps: number): void {
    this.#steps += steps
    if (this.#steps > MAX_STEPS) throw tooMuch()
    if (this.#steps - this.#looked < LOOK_EVERY) return
    this.#looked = this.#steps
    const cpu = threadCpuUsage()
    const used = cpu.user + cpu.system
    if (this.#cpuAtStart === 0) this.#cpuAtStart = used
    if (used - this.#cpuAtStart > MAX_CPU) throw tooMuch()
  }

  use(): void {}
}

const tooMuch = () =>
  new TemplateInvalidError({ reason: 'too_much_work', line: null, detail: String(MAX_STEPS) })

/**
 * What a rendering may hold. The engine says how much before it makes something; what is said outside a filter is the length of a range, which
 * must be short.
 */
class Memory {
  inFilter = false
  #used = 0

  use(count: number): void {
    if (!(count > 0)) return
    if (!this.inFilter && count > MAX_ITEMS)
      throw new TemplateInvalidError({
        reason: 'list_too_long',
        line: null,
        detail: String(MAX_ITEMS),
      })
    this.#used += count
    if (this.#used > MAX_MEMORY)
      throw new TemplateInvalidError({
        reason: 'too_much_memory',
        line: null,
        detail: String(MAX_MEMORY),
      })
  }

  check(count: number): void {
    this.use(count)
  }
}

export type RenderLimits = { readonly steps: Steps; readonly memory: Memory }

/** The limits of one rendering. The engine's types have private members; it calls these methods alone */
export function renderLimits(): { renderLimit: Limit; memoryLimit: Limit } {
  return {
    renderLimit: new Steps() as unknown as Limit,
    memoryLimit: new Memory() as unknown as Limit,
  }
}

/** The limits that a context was made with */
export const limitsOf = (context: Context): RenderLimits => ({
  steps: context.renderLimit as unknown as Steps,
  memory: context.memoryLimit as unknown as Memory,
})
