import logger from '@adonisjs/core/services/logger'
import type pg from 'pg'
import { createPool } from '#core/database/pool'
import { isAway, isRefusal } from '#core/database/retry_when_away'
import { Spool } from '#core/database/spool/spool'
import { spoolFile } from '#core/database/spool/spool_file'
import type { Fate, ReceivedFact } from './received_fact.js'
import { recordFacts } from './record_facts.js'

/** Facts in one transaction */
const BATCH = 2_500
/** Transactions at once: one is made ready while Postgres writes the other */
const WRITERS = 2
/** Milliseconds that a statement may take */
const TIMEOUT_MS = 10_000
/** How often the spool is looked at */
const REPLAY_MS = 1_000

type Write = (facts: readonly ReceivedFact[]) => Promise<Fate[]>
type Waiting = {
  readonly facts: readonly ReceivedFact[]
  readonly done: (fates: Fate[]) => void
  readonly failed: (error: unknown) => void
}

/**
 * Takes facts and answers when they are durable: in Postgres, or in the spool of this machine while Postgres is away. What is reported
 * while a batch is written goes together into the next one, so that a thousand reports of one fact do not make a thousand transactions.
 */
export class FactIntake {
  #waiting: Waiting[] = []
  #writing = new Set<Promise<void>>()
  #replaying: NodeJS.Timeout | null = null

  constructor(private readonly o: { readonly write: Write; readonly spool: Spool<ReceivedFact> }) {}

  /**
   * Makes facts durable.
   *
   * @returns what became of each; `recorded` for what went to the spool, where nobody can say more
   * @throws what the spool throws when Postgres is away as well: nothing was kept, and the far side must tell it again
   */
  take(facts: readonly ReceivedFact[]): Promise<Fate[]> {
    if (facts.length === 0) return Promise.resolve([])
    return new Promise((done, failed) => {
      this.#waiting.push({ facts, done, failed })
      if (this.#writing.size < WRITERS) this.#begin()
    })
  }

  /** Looks at the spool from now on, until `stop` */
  startReplaying(): void {
    this.#replaying ??= setInterval(() => void this.replay(), REPLAY_MS)
    this.#replaying.unref()
  }

  /** Writes what the spool holds, when Postgres is there */
  async replay(): Promise<void> {
    try {
      if ((await this.o.spool.size()) > 0)
        await this.o.spool.replay((facts) => this.#writeOrRefuse(facts))
    } catch (error) {
      logger.warn({ err: error }, 'facts wait in the spool')
    }
  }

  /** Resolves when all that was taken has an answer */
  async stop(): Promise<void> {
    if (this.#replaying) clearInterval(this.#replaying)
    this.#replaying = null
    while (this.#writing.size > 0) await Promise.all(this.#writing)
  }

  /** What Postgres will never take is set aside, and the rest is written without it */
  async #writeOrRefuse(facts: readonly ReceivedFact[]): Promise<void> {
    try {
      await this.o.write(facts)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (facts.length === 1) return this.o.spool.refuse(facts[0], error)
      const half = Math.ceil(facts.length / 2)
      await this.#writeOrRefuse(facts.slice(0, half))
      await this.#writeOrRefuse(facts.slice(half))
    }
  }

  #begin(): void {
    /** In the next turn of the loop: reports of one turn go together */
    const writing: Promise<void> = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#writeWaiting())
      .finally(() => {
        this.#writing.delete(writing)
      })
    this.#writing.add(writing)
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeReports(this.#nextBatch())
  }

  async #writeReports(batch: readonly Waiting[]): Promise<void> {
    try {
      const fates = await this.#writeOrKeep(batch.flatMap(({ facts }) => facts))
      let from = 0
      for (const { facts, done } of batch) {
        done(fates.slice(from, from + facts.length))
        from += facts.length
      }
    } catch (error) {
      /** What Postgres will not take is one report's fault: the others are written without it */
      if (batch.length > 1 && isRefusal(error)) {
        for (const report of batch) await this.#writeReports([report])
        return
      }
      for (const { failed } of batch) failed(error)
    }
  }

  #nextBatch(): Waiting[] {
    let n = 0
    let size = 0
    while (n < this.#waiting.length && (n === 0 || size + this.#waiting[n].facts.length <= BATCH))
      size += this.#waiting[n++].facts.length
    return this.#waiting.splice(0, n)
  }

  async #writeOrKeep(facts: readonly ReceivedFact[]): Promise<Fate[]> {
    try {
      return await this.o.write(facts)
    } catch (error) {
      if (!isAway(error)) throw error
      logger.warn({ err: error }, 'Postgres does not take facts; they go to the spool')
      await this.o.spool.append(facts)
      return facts.map(() => 'recorded')
    }
  }
}

let pool: pg.Pool | null = null

/** Connections for facts alone */
export function factsPool(): pg.Pool {
  return (pool ??= createPool({ max: WRITERS + 1, name: 'facts', timeoutMs: TIMEOUT_MS }))
}

/** The queue of facts in the spool of this machine */
export const factSpool = new Spool<ReceivedFact>({
  file: spoolFile,
  queue: 'facts',
  read: (body) => {
    const { pluginId, fact } = JSON.parse(body) as ReceivedFact
    return { pluginId, fact: { ...fact, at: new Date(fact.at) } }
  },
})

/** The one of the process */
export const factIntake = new FactIntake({
  write: (facts) => recordFacts(factsPool(), facts),
  spool: factSpool,
})

/** Answers what was taken and lets go of Postgres; the last thing that a process does */
export async function closeFactIntake(): Promise<void> {
  await factIntake.stop()
  await pool?.end()
  pool = null
}
