import { normaliseEmail } from '../addresses/email_address.js'

/** What a column of a file becomes: something that every contact has, a field of the account's own, or nothing */
export const CONTACT_TARGETS = [
  'email',
  'phone',
  'first_name',
  'last_name',
  'city',
  'country',
  'language',
  'consent',
] as const
export type ContactTarget = (typeof CONTACT_TARGETS)[number]
export type ColumnTarget = ContactTarget | `field:${string}` | 'ignore'

/** Headings without case, accents or punctuation, as French and English spreadsheets call their columns */
const KNOWN: Readonly<Record<ContactTarget, readonly string[]>> = {
  email: [
    'email',
    'e mail',
    'mail',
    'courriel',
    'adresse email',
    'adresse e mail',
    'adresse mail',
    'adresse courriel',
    'email address',
    'e mail address',
    'mel',
    'adresse electronique',
    'adresse de messagerie',
    'adresse de courriel',
    'courrier electronique',
    'messagerie',
  ],
  phone: [
    'telephone',
    'tel',
    'phone',
    'phone number',
    'telephone number',
    'numero de telephone',
    'numero telephone',
    'num tel',
    'mobile',
    'mobile number',
    'mobile phone',
    'portable',
    'telephone portable',
    'telephone mobile',
    'numero',
    'gsm',
    'cellulaire',
    'cell',
    'contact telephonique',
    'whatsapp',
    'msisdn',
    'n de telephone',
    'no de telephone',
  ],
  first_name: [
    'prenom',
    'prenoms',
    'first name',
    'firstname',
    'given name',
    'forename',
    'prenom s',
  ],
  last_name: [
    'nom',
    'nom de famille',
    'last name',
    'lastname',
    'surname',
    'family name',
    'name',
    'nom complet',
    'full name',
    'nom et prenom',
    'nom et prenoms',
  ],
  city: ['ville', 'city', 'town', 'commune', 'localite'],
  country: ['pays', 'country', 'code pays', 'country code'],
  language: ['langue', 'language', 'lang', 'locale', 'langue preferee', 'preferred language'],
  consent: [
    'consentement',
    'consent',
    'opt in',
    'optin',
    'accord',
    'consentement marketing',
    'marketing consent',
    'newsletter',
    'abonne',
    'subscribed',
    'accepte',
    'rgpd',
    'gdpr',
  ],
}

/** Columns that many files have and templates like to use under one name */
const FIELD_NAMES: Readonly<Record<string, readonly string[]>> = {
  birth_date: [
    'date de naissance',
    'naissance',
    'birth date',
    'birthdate',
    'date of birth',
    'birthday',
    'anniversaire',
    'ne le',
    'ddn',
    'dob',
  ],
  last_purchase: [
    'montant dernier achat',
    'montant du dernier achat',
    'dernier achat',
    'last purchase',
    'last purchase amount',
    'last order amount',
  ],
  note: [
    'remarque',
    'remarques',
    'note',
    'notes',
    'commentaire',
    'commentaires',
    'comment',
    'comments',
    'observation',
    'observations',
  ],
  company: ['entreprise', 'societe', 'company', 'organisation', 'organization', 'raison sociale'],
  job_title: ['fonction', 'poste', 'job title', 'profession', 'metier'],
  gender: ['sexe', 'genre', 'gender', 'sex', 'civilite'],
  postcode: ['code postal', 'cp', 'postcode', 'zip', 'zip code', 'postal code'],
  address: ['adresse', 'address', 'adresse postale', 'rue', 'street'],
}

/** Cells of a column that must be addresses before the column is taken for them: a note may name one */
const ADDRESS_SHARE = 0.6

/**
 * Says for each column what it probably is: by its heading, and for addresses and numbers also by what stands in it. A
 * thing that every contact has is given once: the second "Téléphone" becomes a field of its own.
 *
 * @param rows first rows of the file
 */
export function guessMapping(
  headings: readonly string[],
  rows: readonly (readonly string[])[] = []
): ColumnTarget[] {
  const known = byHeading(headings)
  byValues(known, 'email', columnsHolding(rows, headings.length, isEmail))
  byValues(known, 'phone', columnsHolding(rows, headings.length, isPhone))

  const taken = new Set<ColumnTarget>(known.filter((target) => target !== null))
  return headings.map((heading, index) => {
    const target: ColumnTarget =
      known[index] ?? `field:${freeKey(fieldKey(heading) || `column_${index + 1}`, taken)}`
    taken.add(target)
    return target
  })
}

/** Whether a cell is a heading of addresses or numbers */
export function namesAddress(cell: string): boolean {
  const target = headingTarget(cell)
  return target === 'email' || target === 'phone'
}

function byHeading(headings: readonly string[]): (ContactTarget | null)[] {
  const taken = new Set<ContactTarget>()
  return headings.map((heading) => {
    const target = headingTarget(heading)
    if (!target || taken.has(target)) return null
    taken.add(target)
    return target
  })
}

/** What stands in a column outweighs its heading: "E-mail" over a column of labels is no address */
function byValues(known: (ContactTarget | null)[], target: ContactTarget, holding: number[]) {
  const named = known.indexOf(target)
  const found = holding.find((index) => known[index] === null)
  if (holding.length === 0 || holding.includes(named) || found === undefined) return
  if (named >= 0) known[named] = null
  known[found] = target
}

function columnsHolding(
  rows: readonly (readonly string[])[],
  columns: number,
  is: (cell: string) => boolean
): number[] {
  return Array.from({ length: columns }, (_, index) => index).filter((index) => {
    const cells = rows.map((row) => row[index]?.trim() ?? '').filter(Boolean)
    return cells.length > 0 && cells.filter(is).length >= cells.length * ADDRESS_SHARE
  })
}

function isEmail(cell: string): boolean {
  return normaliseEmail(cell) !== null
}

/** Written as numbers are called: amounts and dates have no such beginning */
function isPhone(cell: string): boolean {
  return /^\(?(?:\+|00)[\d\s().-]{8,20}$/.test(cell)
}

/** "E-mail 1 - Value", "Business City", "Ville (domicile)": address books number their columns and say of which place */
function headingTarget(heading: string): ContactTarget | null {
  const words = plainWords(heading)
  const plain = words
    .replace(/ (?:\d+ )?(?:value|valeur)$/, '')
    .replace(/ \d+$/, '')
    .replace(/^(?:home|business|work|other|primary|address \d+|adresse \d+) (?=.)/, '')
    .replace(/ (?:domicile|bureau|professionnelle?|personnelle?|principale?)$/, '')
  return (
    CONTACT_TARGETS.find(
      (target) => KNOWN[target].includes(words) || KNOWN[target].includes(plain)
    ) ?? null
  )
}

/** Key of an account's own field: what a template writes after `contact.` */
export function fieldKey(heading: string): string {
  const words = plainWords(heading)
  const named = Object.entries(FIELD_NAMES).find(([, names]) => names.includes(words))
  if (named) return named[0]
  const key = words.replaceAll(' ', '_').slice(0, 40).replace(/_+$/, '')
  return /^\d/.test(key) ? `n_${key}` : key
}

function freeKey(key: string, taken: ReadonlySet<ColumnTarget>): string {
  const reserved = (name: string) =>
    (CONTACT_TARGETS as readonly string[]).includes(name) || taken.has(`field:${name}`)
  if (!reserved(key)) return key
  let number = 2
  while (reserved(`${key}_${number}`)) number++
  return `${key}_${number}`
}

/** "Numéro de téléphone *" → "numero de telephone" */
function plainWords(heading: string): string {
  return heading
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('œ', 'oe')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}
