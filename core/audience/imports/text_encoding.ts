import { isAscii, isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import iconv from 'iconv-lite'

export const TEXT_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type TextEncoding = (typeof TEXT_ENCODINGS)[number]

const CHUNK = 1024 * 1024

/** Bytes that are no UTF-8, met in a file that holds no more of it, before the rest need not be read */
const ENOUGH = 4096

/**
 * Finds how a text file is encoded: by its byte-order mark, always; else UTF-16 when every other byte is zero; else UTF-8
 * when the whole file has at least as many letters of it as bytes that are none (one wrong byte does not spoil a file; a
 * megabyte of ASCII may be followed by an é); else Windows-1252, which is what spreadsheets write in French-speaking
 * countries. 1 GB takes about a second.
 */
export async function detectEncoding(path: string): Promise<TextEncoding> {
  const file = await open(path)
  try {
    const chunk = Buffer.allocUnsafe(CHUNK + 3)
    const met = { letters: 0, wrong: 0 }
    let kept = 0
    for (let first = true; ; first = false) {
      const { bytesRead } = await file.read(chunk, kept, CHUNK, null)
      const data = chunk.subarray(0, kept + bytesRead)
      if (first) {
        const marked = byMark(data) ?? byZeroBytes(data)
        if (marked) return marked
      }
      /** A character may be cut by the end of the chunk: its first bytes wait for the next one */
      const whole = bytesRead === 0 ? data.length : data.length - cutBytes(data)
      weigh(data.subarray(0, whole), met)
      if (bytesRead === 0 || (met.wrong > ENOUGH && met.wrong > met.letters))
        return met.letters >= met.wrong ? 'utf-8' : 'windows-1252'
      kept = data.length - whole
      data.copy(chunk, 0, whole)
    }
  } finally {
    await file.close()
  }
}

/** Counts letters of more than one byte, and bytes that belong to none (Unicode 16, table 3-7) */
function weigh(data: Buffer, met: { letters: number; wrong: number }) {
  if (isAscii(data)) return
  if (isUtf8(data)) {
    for (const byte of data) if (byte >= 0xc0) met.letters++
    return
  }
  for (let at = 0; at < data.length; at++) {
    const byte = data[at] ?? 0
    if (byte < 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    if (byte >= 0xc2 && byte <= 0xf4 && isUtf8(data.subarray(at, at + length))) {
      met.letters++
      at += length - 1
    } else {
      met.wrong++
    }
  }
}

/** Decodes a file piece by piece; the byte-order mark is taken off */
export function textDecoder(encoding: TextEncoding): {
  write(bytes: Buffer): string
  end(): string
} {
  if (encoding === 'utf-8') {
    const decoder = new TextDecoder('utf-8')
    return {
      write: (bytes) => decoder.decode(bytes, { stream: true }),
      end: () => decoder.decode(),
    }
  }
  const decoder = iconv.getDecoder(encoding)
  let first = true
  return {
    write(bytes) {
      const text = decoder.write(bytes)
      if (!first || text === '') return text
      first = false
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    },
    end: () => decoder.end() ?? '',
  }
}

function byMark(data: Buffer): TextEncoding | null {
  if (data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf) return 'utf-8'
  if (data[0] === 0xff && data[1] === 0xfe) return 'utf-16le'
  if (data[0] === 0xfe && data[1] === 0xff) return 'utf-16be'
  return null
}

/** Latin text in UTF-16 without a mark has a zero in nearly every pair of bytes */
function byZeroBytes(data: Buffer): TextEncoding | null {
  const pairs = Math.min(data.length, 4096) >> 1
  if (pairs < 4) return null
  let even = 0
  let odd = 0
  for (let pair = 0; pair < pairs; pair++) {
    if (data[pair * 2] === 0) even++
    if (data[pair * 2 + 1] === 0) odd++
  }
  if (odd > pairs * 0.6 && even < pairs * 0.1) return 'utf-16le'
  if (even > pairs * 0.6 && odd < pairs * 0.1) return 'utf-16be'
  return null
}

/** Bytes at the end that begin a character and do not finish it */
function cutBytes(data: Buffer): number {
  for (let back = 1; back <= Math.min(3, data.length); back++) {
    const byte = data[data.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < length ? back : 0
    }
  }
  return 0
}
