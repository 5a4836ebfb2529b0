import { brokenInvariants, type BrokenInvariant } from '#core/ledger/broken_invariants'

export type BooksCheck = { readonly broken: readonly BrokenInvariant[]; readonly at: Date }

/**
 * Checks the books for pages. The check reads every entry of the ledger, so what it found serves for a while, and people
 * who look at the same time wait for one check.
 */
export class LedgerWatch {
  #last: Promise<BooksCheck> | null = null
  #until = 0

  /** @param freshFor milliseconds for which a check serves */
  constructor(private readonly freshFor = 60_000) {}

  look(at: Date): Promise<BooksCheck> {
    const now = at.getTime()
    if (this.#last && now < this.#until) return this.#last
    this.#until = now + this.freshFor
    this.#last = brokenInvariants().then((broken) => ({ broken, at }))
    /** A check that failed is not kept */
    this.#last.catch(() => (this.#until = 0))
    return this.#last
  }
}

/** The watch of this process */
export const ledgerWatch = new LedgerWatch()
