/** The part of a Lucid query that a search adds to */
type Searchable = { whereRaw(sql: string, bindings: string[]): unknown }

/**
 * Keeps the rows in which one of the texts holds what was typed: case and accents make no difference, and `%` and `_` are
 * letters like others.
 *
 * @param texts SQL expressions of ours, never of a visitor's
 * @param typed what was searched for; up to 100 characters of it count
 */
export function whereText(query: Searchable, texts: readonly string[], typed: string): void {
  const pattern = `%${typed
    .trim()
    .slice(0, 100)
    .replace(/[\\%_]/g, '\\$&')}%`
  void query.whereRaw(
    `(${texts.map((text) => `search_text(${text}) like search_text(?)`).join(' or ')})`,
    texts.map(() => pattern)
  )
}
