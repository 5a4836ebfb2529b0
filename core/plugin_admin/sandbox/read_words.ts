import { decodeWords } from 'postal-mime'

/** A header as people read it: encoded words (RFC 2047) become text; what cannot be decoded stays as it is */
export function readWords(header: string): string {
  try {
    return decodeWords(header)
  } catch {
    return header
  }
}
