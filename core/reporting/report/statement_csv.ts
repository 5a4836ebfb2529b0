import { walletStatement, type Movement } from '#core/ledger/wallet_statement'
import { BYTE_ORDER_MARK, csvLine } from '#core/http/csv/csv_line'

/** Movements read at a time */
const BATCH = 2_000

/**
 * Every movement of a wallet as a file, newest first. Amounts are bare integers of minor units beside their currency.
 *
 * @param o.t words in the language of the person
 * @param o.stamp tells a moment in the account's zone
 * @returns pieces of text; the first begins with a byte-order mark
 */
export async function* statementCsv(o: {
  accountId: string
  currency: string
  t: (key: string) => string
  stamp: (at: Date) => string
}): AsyncGenerator<string> {
  const heading = ['at', 'kind', 'label', 'reference', 'amount', 'balance_after', 'currency'].map(
    (name) => o.t(`ledger.csv.${name}`)
  )
  yield BYTE_ORDER_MARK + csvLine(heading)

  const line = (row: Movement) =>
    csvLine([
      o.stamp(row.at),
      o.t(`ledger.kinds.${row.kind}`),
      row.label,
      row.reference,
      row.amount,
      row.balanceAfter,
      o.currency,
    ])
  let before: bigint | null = null
  do {
    const page: Awaited<ReturnType<typeof walletStatement>> = await walletStatement({
      accountId: o.accountId,
      currency: o.currency,
      before,
      size: BATCH,
    })
    yield page.rows.map(line).join('')
    before = page.next
  } while (before !== null)
}
