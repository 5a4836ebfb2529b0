/**
 * A name for a file made from words that people typed: letters, digits and dashes, so that every system takes it.
 */
export function fileName(...words: readonly string[]): string {
  return words
    .map((word) =>
      word
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 60)
    )
    .filter(Boolean)
    .join('-')
}
