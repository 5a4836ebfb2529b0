export type OwnLinks = Readonly<Record<string, string>>

/** Characters from which on the last part of an address is a token that nothing else contains by chance */
const TOKEN_LENGTH = 16

/**
 * Whether an address is, begins with or contains a link of the message itself, as that to unsubscribe: however it was spelled, once it is
 * rendered its token stands in it. Such a link is never counted, so that it works whatever becomes of the counting.
 */
export function isOwnLink(address: string, links: OwnLinks | undefined): boolean {
  if (!links) return false
  const plain = address.toLowerCase()
  return Object.values(links).some((link) => {
    if (!/^https?:/.test(link)) return false
    const token = link.slice(link.lastIndexOf('/') + 1).toLowerCase()
    return (
      address.includes(link) ||
      address.includes(encodeURIComponent(link)) ||
      (token.length >= TOKEN_LENGTH && plain.includes(token))
    )
  })
}
