import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'

/**
 * Runs one SQL statement with `$1`, `$2`… and gives its rows, in a transaction when one is passed.
 * For statements that matter for speed or that the query builder says badly; the rest uses models.
 *
 * @param client a transaction or connection; the default connection when absent
 */
export async function sql<Row = Record<string, unknown>>(
  text: string,
  values: readonly unknown[] = [],
  client?: QueryClientContract
): Promise<Row[]> {
  const connection = client ?? db.connection()
  const { text: prepared, bindings } = numbered(text, values)
  const result = (await connection.rawQuery(prepared, bindings as never)) as { rows: Row[] }
  return result.rows
}

/** Knex counts `?`; Postgres and people count `$1`. A literal question mark is escaped */
function numbered(text: string, values: readonly unknown[]) {
  const bindings: unknown[] = []
  const prepared = text.replace(/\\?\?|\$(\d+)/g, (_match, digits: string | undefined) => {
    if (digits === undefined) return '\\?'
    bindings.push(values[Number(digits) - 1])
    return '?'
  })
  return { text: prepared, bindings }
}
