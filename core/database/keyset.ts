import { isUuid } from './uuid.js'

/** One page of a list that is read by key, newest first: no OFFSET, so page 1,000 costs what page 1 does */
export type KeysetPage<Row> = {
  readonly rows: readonly Row[]
  /** Cursor of the next (older) page, null on the last */
  readonly next: string | null
  /** Cursor of the previous (newer) page, null on the first */
  readonly previous: string | null
}

/** Rows on a page of a list */
export const PAGE_SIZE = 25

type KeysetQuery<Row> = {
  where(column: string, operator: '<' | '>', value: string): KeysetQuery<Row>
  orderBy(column: string, direction: 'asc' | 'desc'): KeysetQuery<Row>
  limit(rows: number): KeysetQuery<Row>
} & PromiseLike<Row[]>

/**
 * Reads one page of a query ordered by a UUIDv7 id, newest first.
 *
 * @param o.query a query without order or limit
 * @param o.cursor `<id` for what comes after that id, `>id` for what comes before; anything else is the first page
 */
export async function keysetPage<Row extends { id: string }>(o: {
  query: unknown
  cursor?: string | null
  column?: string
  size?: number
}): Promise<KeysetPage<Row>> {
  const size = o.size ?? PAGE_SIZE
  const column = o.column ?? 'id'
  const asked = /^([<>])(.{36})$/.exec(o.cursor ?? '')
  const parsed = isUuid(asked?.[2]) ? asked : null
  let query = o.query as KeysetQuery<Row>
  const backwards = parsed?.[1] === '>'
  if (parsed) query = query.where(column, parsed[1] as '<' | '>', parsed[2])

  const found = [...(await query.orderBy(column, backwards ? 'asc' : 'desc').limit(size + 1))]
  const more = found.length > size
  const rows = found.slice(0, size)
  if (backwards) rows.reverse()

  const first = rows.at(0)?.id
  const last = rows.at(-1)?.id
  const hasNext = backwards ? true : more
  const hasPrevious = backwards ? more : parsed !== null
  return {
    rows,
    next: hasNext && last ? `<${last}` : null,
    previous: hasPrevious && first ? `>${first}` : null,
  }
}
