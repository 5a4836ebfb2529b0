/** Why a record is not what was written: longer than a record may be, or a quote that nothing closes */
export type RecordFlaw = 'too_long' | 'unclosed_quote'

export type OnRecord = (cells: string[], flaw: RecordFlaw | null) => void

/** Characters of one record. A cell of a spreadsheet holds 32,767 */
const MAX_RECORD = 1024 * 1024
/** What is kept of a record that is too long */
const EXCERPT = 500

const QUOTE = 34
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/**
 * Reads separated values (RFC 4180) from pieces of text and never gives up: a short row, a long row, a quote in the
 * middle of a cell, a quote that is never closed or a line of a gigabyte spoil their own record only.
 *
 * Why not csv-parse: an unclosed quote swallows the rest of the file or aborts it, and lines without quotes, which
 * are most, can be split at 1,400,000 a second instead of 160,000.
 */
export class CsvRecords {
  readonly #separator: string
  readonly #separatorCode: number
  readonly #onRecord: OnRecord
  #rest = ''
  #skipping = false

  constructor(separator: string, onRecord: OnRecord) {
    this.#separator = separator
    this.#separatorCode = separator.charCodeAt(0)
    this.#onRecord = onRecord
  }

  /** Takes a piece of decoded text */
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
    const end =
      newline > start && text.charCodeAt(newline - 1) === CARRIAGE_RETURN ? newline - 1 : newline
    if (end === start) return
    if (end - start > MAX_RECORD) {
      this.#onRecord(text.slice(start, start + EXCERPT).split(this.#separator), 'too_long')
      return
    }
    this.#onRecord(text.slice(start, end).split(this.#separator), flaw)
  }

  /** @returns where the next record begins, or null when more text is needed */
  #readQuoted(text: string, start: number, final: boolean): number | null {
    const cells: string[] = []
    let at = start
    for (;;) {
      let value = ''
      if (text.charCodeAt(at) === QUOTE) {
        const close = closingQuote(text, at + 1)
        if (close < 0) return final ? this.#emitUnclosed(text, start) : null
        if (close + 1 >= text.length && !final) return null
        value = text.slice(at + 1, close)
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
      cells.push(until > from ? value + text.slice(from, until) : value)
      at++
      if (ended) {
        this.#onRecord(cells, null)
        return at
      }
    }
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
      this.#onRecord(text.slice(0, EXCERPT).split(this.#separator), 'too_long')
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
