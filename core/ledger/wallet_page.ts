import { PAGE_SIZE } from '#core/database/keyset'
import { walletStatement, type Movement } from './wallet_statement.js'
import { walletTotals, type WalletTotals } from './wallet_totals.js'

export type WalletPage = {
  readonly totals: WalletTotals
  readonly movements: readonly Movement[]
  /** Cursors: movements older than the version; null where there is no such page, '' for the newest */
  readonly next: string | null
  readonly previous: string | null
  /** Places of the first and last movement shown, counted from the newest */
  readonly from: bigint
  readonly to: bigint
}

/**
 * One page of a wallet as people read it. Versions of the wallet have no gap, so places and neighbouring pages are sums.
 *
 * @param o.cursor as it stands in the address; anything else than digits is the newest page
 */
export async function walletPage(o: {
  accountId: string
  currency: string
  cursor: string | null
  size?: number
}): Promise<WalletPage> {
  const before = /^\d{1,18}$/.test(o.cursor ?? '') ? BigInt(o.cursor as string) : null
  const [totals, page] = await Promise.all([walletTotals(o), walletStatement({ ...o, before })])
  const first = page.rows.at(0)?.id ?? null
  const newest = first === null || first >= totals.movements

  return {
    totals,
    movements: page.rows,
    next: page.next === null ? null : String(page.next),
    previous: newest
      ? first === null && before !== null
        ? ''
        : null
      : pageBefore(first, BigInt(o.size ?? PAGE_SIZE), totals.movements),
    from: first === null ? 0n : totals.movements - first + 1n,
    to: first === null ? 0n : totals.movements - first + BigInt(page.rows.length),
  }
}

function pageBefore(first: bigint, size: bigint, newest: bigint): string {
  const cursor = first + size + 1n
  return cursor > newest ? '' : String(cursor)
}
