import { distance } from 'fastest-levenshtein'
import { findLiquid } from './find_liquid.js'

export type UnknownField = {
  readonly part: string
  /** As it is written: `contact.prenom`, or `prenom` alone */
  readonly name: string
  /** A name that there is and that it may stand for */
  readonly nearest: string | null
}

const OBJECTS: Readonly<Record<string, readonly string[] | null>> = {
  contact: null,
  account: ['name', 'address'],
  campaign: ['name', 'subject'],
  links: ['unsubscribe', 'web_view', 'preferences', 'consent'],
}
/** What people of a French-speaking market write for the fields that everybody has */
const ALSO_CALLED: Readonly<Record<string, string>> = {
  prenom: 'first_name',
  prénom: 'first_name',
  nom: 'last_name',
  ville: 'city',
  pays: 'country',
  langue: 'language',
  telephone: 'phone',
  téléphone: 'phone',
  courriel: 'email',
  mail: 'email',
}
const FIELD = /\b(contact|account|campaign|links)\s*\.\s*([\p{L}_][\p{L}\p{N}_-]*)/gu
/** Names told at most */
const MOST = 10

/**
 * Fields that a message asks for and nobody has: they show as nothing, which is mostly a slip. Only told, never refused: an import may bring them.
 *
 * @param o.fields names of a contact's fields
 */
export function unknownFields(o: {
  part: string
  source: string
  fields: readonly string[]
}): UnknownField[] {
  const found = new Map<string, UnknownField>()
  for (const { text } of findLiquid(o.source)) {
    for (const [, object, field] of withoutTexts(text).matchAll(FIELD)) {
      const name = `${object}.${field}`
      const known = OBJECTS[object] ?? o.fields
      if (known.includes(field) || found.has(name) || found.size >= MOST) continue
      const nearest = nearestOf(field, known)
      found.set(name, { part: o.part, name, nearest: nearest && `${object}.${nearest}` })
    }
  }
  return [...found.values()]
}

const withoutTexts = (piece: string) => piece.replace(/"[^"]*"|'[^']*'/g, '""')

function nearestOf(field: string, known: readonly string[]): string | null {
  const lower = field.toLowerCase()
  const meant = Object.hasOwn(ALSO_CALLED, lower) ? ALSO_CALLED[lower] : null
  if (meant && known.includes(meant)) return meant
  let best: string | null = null
  let least = Math.max(2, Math.floor(field.length / 3)) + 1
  for (const name of known) {
    const far = distance(lower, name.toLowerCase())
    if (far < least) [best, least] = [name, far]
  }
  return best
}
