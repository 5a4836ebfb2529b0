/** An address that a click may lead to: the web and nothing else. Null for all others */
export function webAddress(address: string): string | null {
  try {
    const url = new URL(address.trim())
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
  } catch {
    return null
  }
}
