/** What a bar is made of */
export type ProgressPart = {
  readonly key: string
  readonly label?: string
  readonly value: bigint | number
}

/** A part with its place in a bar 1000 units wide */
export type ProgressSegment = ProgressPart & {
  readonly x: number
  readonly width: number
}

const WIDTH = 1000

/** Thinner than this a part could not be seen, and one failure in a million must be */
const THINNEST = 6

/**
 * Places the parts of a progress bar side by side. Parts with nothing in them take no room; a part with something in it
 * is never too thin to be seen.
 *
 * @param parts - in the order in which they are drawn
 * @param total - the whole; the sum of the parts when absent
 */
export function progressSegments(
  parts: readonly ProgressPart[],
  total?: bigint | number | null
): ProgressSegment[] {
  const sum = parts.reduce((so, part) => so + Number(part.value), 0)
  const whole = Math.max(Number(total ?? 0), sum)
  let x = 0

  return parts.map((part) => {
    const value = Number(part.value)
    const exact = whole === 0 ? 0 : (value / whole) * WIDTH
    const width = value > 0 ? Math.min(Math.max(exact, THINNEST), WIDTH - x) : 0
    const segment = { ...part, x: round(x), width: round(width) }
    x += width
    return segment
  })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
