export type LiquidPiece = {
  readonly text: string
  /** First character of the piece in the source, and the one after its last */
  readonly from: number
  readonly to: number
}

/**
 * The outputs and tags of Liquid in a text, in order. Each character is looked at once: 390,000 opening braces without a closing one
 * take a millisecond, where a lazy regular expression begins anew at each of them and takes minutes.
 */
export function* findLiquid(source: string): Generator<LiquidPiece> {
  /** A closing mark that is not behind here is behind no later place either */
  const closed: Record<string, boolean> = { '{{': true, '{%': true }
  let at = 0
  for (;;) {
    const from = source.indexOf('{', at)
    if (from < 0) return
    const opening = source.slice(from, from + 2)
    const end = closed[opening] ? source.indexOf(opening === '{{' ? '}}' : '%}', from + 2) : -1
    if (end < 0) {
      closed[opening] = false
      at = from + 1
      if (!closed['{{'] && !closed['{%']) return
      continue
    }
    at = end + 2
    yield { text: source.slice(from, at), from, to: at }
  }
}

/** The source with each piece of Liquid, or what stands between them, changed */
export function mapLiquid(
  source: string,
  o: { liquid?(piece: string): string; between?(text: string): string }
): string {
  const parts: string[] = []
  let at = 0
  for (const piece of findLiquid(source)) {
    const between = source.slice(at, piece.from)
    parts.push(o.between ? o.between(between) : between)
    parts.push(o.liquid ? o.liquid(piece.text) : piece.text)
    at = piece.to
  }
  const rest = source.slice(at)
  parts.push(o.between ? o.between(rest) : rest)
  return parts.join('')
}

/** The line on which a place of a text is, counted from 1 */
export function lineAt(source: string, place: number): number {
  let line = 1
  for (let at = source.indexOf('\n'); at >= 0 && at < place; at = source.indexOf('\n', at + 1))
    line += 1
  return line
}
