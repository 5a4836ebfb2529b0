/** Separators that spreadsheets write, the commonest in French first: it wins a draw */
const CANDIDATES = [';', ',', '\t', '|'] as const
/** Spreadsheets write this first line to say what separates the columns of the others */
const HINT = /^"?sep=([^\r\n"])"?[;,\t|]*[ \t]*(?:\r\n|\r|\n)/i

export type Separation = {
  readonly separator: string
  /** Cells of a usual row */
  readonly width: number
  /** The first line is a hint, no heading and no row */
  readonly hinted: boolean
}

/**
 * Finds the separator of a sample: what its first line says; else the one that cuts the lines into the same number of
 * cells, and into the most. A separator within quotes counts for nothing: "budget, 50 000".
 *
 * @param sample first lines of the file, decoded
 * @returns `;` when there is one column only
 */
export function detectSeparator(sample: string): Separation {
  const hint = HINT.exec(sample)
  const lines = sample
    .slice(hint?.[0].length ?? 0)
    .split(/\r\n|\r|\n/)
    .map(withoutQuoted)
    .filter((line) => line.trim() !== '')
  const hinted = hint?.[1]
  if (hinted && lines.some((line) => line.includes(hinted)))
    return { separator: hinted, width: usualWidth(lines, hinted).width, hinted: true }

  let best = { separator: ';' as string, width: 1, score: 0 }
  for (const separator of CANDIDATES) {
    const { width, lines: agreeing } = usualWidth(lines, separator)
    if (width < 2) continue
    const score = (width * agreeing) / lines.length
    if (score > best.score) best = { separator, width, score }
  }
  return { separator: best.separator, width: best.width, hinted: hint !== null }
}

/** The commonest number of cells, the larger at a draw. Short rows are cut off at the end, so they are the rarer ones */
function usualWidth(lines: readonly string[], separator: string): { width: number; lines: number } {
  const counts = new Map<number, number>()
  for (const line of lines) {
    const width = line.split(separator).length
    counts.set(width, (counts.get(width) ?? 0) + 1)
  }
  let best = { width: 1, lines: 0 }
  for (const [width, count] of counts)
    if (count > best.lines || (count === best.lines && width > best.width))
      best = { width, lines: count }
  return best
}

/** What stands between two quotes of a line is one cell */
function withoutQuoted(line: string): string {
  return line.includes('"') ? line.replace(/"[^"]*"/g, '""') : line
}
