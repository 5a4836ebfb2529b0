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

/**
 * Says for each column what it probably is. A thing that every contact has is given once: the second
 * "Téléphone" becomes a field of its own.
 */
export function guessMapping(headings: readonly string[]): ColumnTarget[] {
  const taken = new Set<ColumnTarget>()
  return headings.map((heading, index) => {
    const words = plainWords(heading)
    const known = CONTACT_TARGETS.find(
      (target) => !taken.has(target) && KNOWN[target].includes(words)
    )
    const target: ColumnTarget =
      known ?? `field:${freeKey(fieldKey(heading) || `column_${index + 1}`, taken)}`
    taken.add(target)
    return target
  })
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
