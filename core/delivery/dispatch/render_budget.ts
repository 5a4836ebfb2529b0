/** Microseconds of processor time that a message may take without anybody minding: a newsletter takes 200 */
const FREE_A_MESSAGE = 20_000
/** Microseconds beyond that an account may use at once, and get back each millisecond: a quarter of a processor */
const MOST = 2_000_000
const BACK_A_MS = 250

type Account = { left: number; at: number }

/**
 * What rendering costs beyond the ordinary, by account: so slow a template slows down the sending of its own account, which waits in between, and
 * nobody else's.
 */
export class RenderBudget {
  readonly #accounts = new Map<string, Account>()

  /** Microseconds that the account may use now, ordinary messages included; 0 when it has to wait */
  allowed(accountId: string, messages: number, now: number): number {
    const left = this.#refilled(accountId, now).left
    return left <= 0 ? 0 : left + messages * FREE_A_MESSAGE
  }

  spend(o: { accountId: string; messages: number; used: number; now: number }): void {
    const account = this.#refilled(o.accountId, o.now)
    account.left -= Math.max(0, o.used - o.messages * FREE_A_MESSAGE)
    this.#accounts.set(o.accountId, account)
  }

  /** When the account has half of its budget back */
  again(accountId: string, now: number): Date {
    const { left } = this.#refilled(accountId, now)
    return new Date(now + Math.max(1_000, (MOST / 2 - left) / BACK_A_MS))
  }

  #refilled(accountId: string, now: number): Account {
    const known = this.#accounts.get(accountId)
    if (!known) return { left: MOST, at: now }
    const left = Math.min(MOST, known.left + (now - known.at) * BACK_A_MS)
    /** What is full again is as if it had never been used */
    if (left === MOST) this.#accounts.delete(accountId)
    return Object.assign(known, { left, at: now })
  }
}
