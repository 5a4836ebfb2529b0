/** Why a record is not what was written: longer than a record may be, or a quote that closes nowhere near */
export type RecordFlaw = 'too_long' | 'unclosed_quote'

/** @param line the line of the file that the record begins on, counted from 1 */
export type OnRecord = (cells: string[], flaw: RecordFlaw | null, line: number) => void

/** Characters of one record. A cell of a spreadsheet holds 32,767 */
const MAX_RECORD = 1024 * 1024
/** What is kept of a record that is too long */
const EXCERPT = 500

const QUOTE = 34
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
/** A cell that is an address and nothing else: its line is a person's */
const ADDRESS_CELL = /^\s*[^\s"@]+@[^\s"@]+\.[^\s"@]+\s*$/

/**
 * Reads separated values (RFC 4180) from pieces of text and never gives up: a short row, a long row, a quote in the
 * middle of a cell, a quote that is never closed or a line of a gigabyte spoil their own record only. Blanks around a
 * quoted cell are not part of it.
 *
 * A cell may hold line ends. But a forgotten quote would swallow the people below it until the next quote of the file, so
 * a cell ends its record's line when one of the lines in it is a row of its own.
 *
 * Why not csv-parse: an unclosed quote swallows the rest of the file or aborts it, and lines without quotes, which
 * are most, can be split at 1,400,000 a second instead of 160,000.
 */
export class CsvRecords {
  readonly #separator: string
  readonly #separatorCode: number
  readonly #width: number
  readonly #onRecord: OnRecord
  #rest = ''
  #skipping = false
  #line = 1

  /**
   * @param o.separator one character
   * @param o.width cells of a usual row: what makes a line in a cell look like a row
   */
  constructor(o: { separator: string; width: number; onRecord: OnRecord }) {
    this.#separator = o.separator
    this.#separatorCode = o.separator.charCodeAt(0)
    this.#width = o.width
    this.#onRecord = o.onRecord
  }

  /** Takes a piece of decoded text, whose rows end with LF or CR LF */
  push(text: string) {
    this.#read(this.#rest + text, false)
  }

  /** Takes what is left when the file has ended */
  end() {
    this.#read(this.#rest, true)
    this.#rest = ''
  }

  #read(text: string, final: boolean) {
    let at = 0
    if (this.#skipping) {
      const newline = text.indexOf('\n')
      if (newline < 0) {
        this.#rest = ''
        return
      }
      at = newline + 1
      this.#line++
      this.#skipping = false
    }

    let nextQuote = quoteFrom(text, at)
    while (at < text.length) {
      let newline = text.indexOf('\n', at)
      if (newline < 0) {
        if (!final) break
        newline = text.length
      }

      /** Most lines have no quote: split them */
      if (nextQuote < at) nextQuote = quoteFrom(text, at)
      if (nextQuote > newline) {
        this.#emitLine(text, at, newline)
        at = newline + 1
        continue
      }

      const end = this.#readQuoted(text, at, final)
      if (end === null) break
      at = end
    }

    this.#rest = at < text.length ? text.slice(at) : ''
    if (!final && this.#rest.length > MAX_RECORD) this.#recover()
  }

  #emitLine(text: string, start: number, newline: number, flaw: RecordFlaw | null = null) {
    const line = this.#line++
    const end =
      newline > start && text.charCodeAt(newline - 1) === CARRIAGE_RETURN ? newline - 1 : newline
    if (end === start) return
    if (end - start > MAX_RECORD) {
      this.#onRecord(text.slice(start, start + EXCERPT).split(this.#separator), 'too_long', line)
      return
    }
    this.#onRecord(text.slice(start, end).split(this.#separator), flaw, line)
  }

  /** @returns where the next record begins, or null when more text is needed */
  #readQuoted(text: string, start: number, final: boolean): number | null {
    const cells: string[] = []
    let at = start
    for (;;) {
      const opened = this.#afterBlanks(text, at)
      let value = ''
      if (text.charCodeAt(opened) === QUOTE) {
        const close = closingQuote(text, opened + 1)
        const swallows = this.#swallowsRows(text, start, opened, close, final)
        if (swallows === true) return this.#emitUnclosed(text, start)
        if (close < 0) return final ? this.#emitUnclosed(text, start) : null
        if (swallows === null || (close + 1 >= text.length && !final)) return null
        value = text.slice(opened + 1, close)
        if (value.includes('""')) value = value.replaceAll('""', '"')
        at = close + 1
      }

      const from = at
      let code = 0
      for (; at < text.length; at++) {
        code = text.charCodeAt(at)
        if (code === this.#separatorCode || code === LINE_FEED) break
      }
      if (at >= text.length && !final) return null
      const ended = at >= text.length || code === LINE_FEED
      const until = ended && at > from && text.charCodeAt(at - 1) === CARRIAGE_RETURN ? at - 1 : at
      const tail = until > from ? text.slice(from, until) : ''
      cells.push(value && tail.trim() === '' ? value : value + tail)
      at++
      if (ended) {
        const line = this.#line
        this.#line += lineEnds(text, start, at)
        this.#onRecord(cells, null, line)
        return at
      }
    }
  }

  /** Where a cell begins after the blanks before a quote; where it was when they are before something else */
  #afterBlanks(text: string, at: number): number {
    let opened = at
    while (isBlank(text.charCodeAt(opened)) && text.charCodeAt(opened) !== this.#separatorCode)
      opened++
    return text.charCodeAt(opened) === QUOTE ? opened : at
  }

  /**
   * Whether a quoted cell holds lines that are rows of their own.
   *
   * @returns null when more text is needed to tell
   */
  #swallowsRows(
    text: string,
    start: number,
    opened: number,
    close: number,
    final: boolean
  ): boolean | null {
    const until = close < 0 ? text.length : close
    let newline = text.indexOf('\n', opened)
    if (newline < 0 || newline > until) return false

    const before = text.lastIndexOf('\n', opened - 1)
    const firstIsWhole =
      this.#width > 1 && this.#isRow(text.slice(Math.max(start, before + 1), newline))
    for (;;) {
      const from = newline + 1
      newline = text.indexOf('\n', from)
      if (newline < 0 && !final) return close < 0 ? false : null
      const line = text.slice(from, newline < 0 ? text.length : newline)
      const last = newline < 0 || newline > until
      if (last ? firstIsWhole && this.#isRow(line) : this.#isRow(line)) return true
      if (last) return false
    }
  }

  /** With two columns, a line of prose may have one separator too: only an address tells */
  #isRow(line: string): boolean {
    const cells = line.split(this.#separator)
    if (cells.some((cell) => ADDRESS_CELL.test(cell))) return true
    return this.#width > 2 && cells.length >= this.#width
  }

  /** A quote that nothing closes is an ordinary character: its line stands alone and the reading goes on */
  #emitUnclosed(text: string, start: number): number {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    this.#emitLine(text, start, end, 'unclosed_quote')
    return end + 1
  }

  /** More text than a record may have, and still no end in sight */
  #recover() {
    const text = this.#rest
    const newline = text.indexOf('\n')
    if (newline < 0) {
      this.#onRecord(text.slice(0, EXCERPT).split(this.#separator), 'too_long', this.#line)
      this.#rest = ''
      this.#skipping = true
      return
    }
    this.#rest = ''
    const next = this.#emitUnclosed(text, 0)
    this.#read(text.slice(next), false)
  }
}

/** Position of the quote that ends a cell; doubled quotes are content */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2)
  return at
}

function quoteFrom(text: string, from: number): number {
  const at = text.indexOf('"', from)
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

/** Space, tabulation, no-break space */
function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 160
}

function lineEnds(text: string, from: number, to: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1))
    count++
  return count
}
