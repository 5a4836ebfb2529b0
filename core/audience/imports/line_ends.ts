import { createReadStream } from 'node:fs'
import { textDecoder, type TextEncoding } from './text_encoding.js'

/**
 * What ends a row of a file, decided for the whole of it:
 *
 * - `lf`: LF, alone or after CR. A CR alone is part of a cell
 * - `crlf`: CR LF only. What stands alone is part of a cell
 * - `cr`: CR, as on old Macintoshes. An LF alone is part of a cell
 * - `any`: each of them. The file was put together from several
 */
export const LINE_ENDS = ['lf', 'crlf', 'cr', 'any'] as const
export type LineEnds = (typeof LINE_ENDS)[number]

type Kind = 'crlf' | 'lf' | 'cr'

/** What stands for a line end in a cell while rows are told apart */
const IN_CELL = '\r'

/**
 * Reads a whole file and says what ends its rows. Where several kinds are met, a kind is part of cells when more often than
 * not the pieces around it are too short to be rows. A file of 1 GB takes about two seconds.
 *
 * @param o.width cells of a usual row
 */
export async function detectLineEnds(o: {
  path: string
  encoding: TextEncoding
  separator: string
  width: number
}): Promise<LineEnds> {
  const met = { crlf: 0, lf: 0, cr: 0 }
  for await (const text of wholeBreaks(o.path, o.encoding)) countBreaks(text, met)
  if (met.cr === 0 && (met.lf === 0 || met.crlf === 0)) return 'lf'
  if (met.lf === 0 && met.crlf === 0) return 'cr'

  const weighed = new BreakWeights(o)
  for await (const text of wholeBreaks(o.path, o.encoding)) weighed.push(text)
  const inCells = weighed.end()
  if (inCells.has('cr') || met.cr === 0) return inCells.has('lf') && met.crlf > 0 ? 'crlf' : 'lf'
  return inCells.has('lf') ? 'cr' : 'any'
}

/**
 * Makes every row end LF, and every line end in a cell CR, in pieces of any cut: a CR at the end of a piece waits for the
 * next one.
 */
export class RowEnds {
  readonly #ends: LineEnds
  #held = ''

  constructor(ends: LineEnds) {
    this.#ends = ends
  }

  write(text: string): string {
    if (this.#ends === 'lf') return text
    const whole = this.#held + text
    this.#held = whole.endsWith('\r') ? '\r' : ''
    return this.#replace(this.#held ? whole.slice(0, -1) : whole)
  }

  end(): string {
    const last = this.#replace(this.#held)
    this.#held = ''
    return last
  }

  /** The cells of a record as they were written */
  restore(cells: string[]): string[] {
    if (this.#ends === 'lf' || this.#ends === 'any') return cells
    return cells.map((cell) => (cell.includes(IN_CELL) ? cell.replaceAll(IN_CELL, '\n') : cell))
  }

  #replace(text: string): string {
    return text.replace(/\r\n|\r|\n/g, (found) => {
      if (found === '\r\n' || this.#ends === 'any') return '\n'
      return found === '\r' && this.#ends === 'cr' ? '\n' : IN_CELL
    })
  }
}

/** Says for each kind whether the pieces on both sides of it are rows */
class BreakWeights {
  readonly #separator: string
  readonly #width: number
  readonly #rows = new Map<Kind, number>()
  readonly #cells = new Map<Kind, number>()
  #rest = ''
  #before: { kind: Kind; row: boolean; open: boolean } | null = null

  constructor(o: { separator: string; width: number }) {
    this.#separator = o.separator
    this.#width = o.width
  }

  push(text: string) {
    const whole = this.#rest + text
    let from = 0
    for (const { kind, at, length } of breaksOf(whole)) {
      this.#piece(whole.slice(from, at), kind)
      from = at + length
    }
    this.#rest = whole.slice(from)
  }

  end(): ReadonlySet<Kind> {
    this.#piece(this.#rest, 'lf')
    const all = [...this.#rows.values(), ...this.#cells.values()].reduce((sum, n) => sum + n, 0)
    const inCells = [...this.#cells].filter(
      ([kind, cells]) =>
        cells > (this.#rows.get(kind) ?? 0) && cells + (this.#rows.get(kind) ?? 0) < all / 2
    )
    return new Set(inCells.map(([kind]) => kind))
  }

  #piece(piece: string, next: Kind) {
    const row = piece.trim() === '' || piece.split(this.#separator).length >= this.#width
    /** A quote that is open says of itself that the line end is part of a cell */
    const open = piece.includes('"') && piece.split('"').length % 2 === 0
    if (this.#before && !this.#before.open && !open) {
      const side = this.#before.row && row ? this.#rows : this.#cells
      side.set(this.#before.kind, (side.get(this.#before.kind) ?? 0) + 1)
    }
    this.#before = { kind: next, row, open }
  }
}

function* breaksOf(text: string): Generator<{ kind: Kind; at: number; length: number }> {
  for (const found of text.matchAll(/\r\n|\r|\n/g)) {
    const kind = found[0] === '\r\n' ? 'crlf' : found[0] === '\r' ? 'cr' : 'lf'
    yield { kind, at: found.index, length: found[0].length }
  }
}

/** Quicker than an expression: most files have one kind */
function countBreaks(text: string, met: Record<Kind, number>) {
  let pairs = 0
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
    if (text.charCodeAt(at + 1) === 10) pairs++
    else met.cr++
  }
  met.crlf += pairs
  let feeds = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) feeds++
  met.lf += feeds - pairs
}

/** A file as text, in pieces that part no CR from its LF */
async function* wholeBreaks(path: string, encoding: TextEncoding): AsyncGenerator<string> {
  const decoder = textDecoder(encoding)
  let held = ''
  for await (const bytes of createReadStream(path, {
    highWaterMark: 256 * 1024,
  }) as AsyncIterable<Buffer>) {
    const text = held + decoder.write(bytes)
    held = text.endsWith('\r') ? '\r' : ''
    yield held ? text.slice(0, -1) : text
  }
  yield held + decoder.end()
}
