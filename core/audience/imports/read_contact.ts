import { readConsent } from '../consent/consent.js'
import { NAME_LENGTH } from '../contacts/contact_field_names.js'
import { readCountry } from '../addresses/country_name.js'
import { normaliseEmail } from '../addresses/email_address.js'
import { unguardCell } from '#core/http/csv/export_cell'
import type { ColumnTarget, ContactTarget } from './guess_mapping.js'
import { readLanguage } from '../addresses/language_tag.js'
import type { Consent } from '../models/contact.js'
import type { ProblemReason } from '../models/import.js'
import { phoneReader } from '../addresses/phone_number.js'

/** One row of a file, read. Empty texts mean that the file says nothing */
export type ReadContact = {
  email: string
  phone: string
  firstName: string
  lastName: string
  city: string
  country: string
  language: string
  consent: Consent
  /** JSON object of the account's own fields */
  fields: string
  /** Why the row is not kept; null when it is */
  problem: ProblemReason | null
  /** What could not be used in a row that is kept */
  warning: ProblemReason | null
  /** The heading at fault */
  at: ContactTarget | ''
}

/** What a byte that is no letter of the file's encoding is read as */
const REPLACED = '\ufffd'
/** Characters kept of one cell */
const MAX_CELL = 10_000

/**
 * Makes a reader of rows for one mapping. The e-mail address is the key of a contact; the phone number is when no
 * column is an e-mail address.
 *
 * @param o.mapping what each column becomes
 * @param o.country ISO 3166 alpha-2 of phone numbers that name no country
 */
export function contactReader(o: {
  mapping: readonly ColumnTarget[]
  country: string
}): (cells: readonly string[]) => ReadContact {
  const at = (target: ContactTarget) => o.mapping.indexOf(target)
  const [email, phone, firstName, lastName, city, country, language, consent] = [
    at('email'),
    at('phone'),
    at('first_name'),
    at('last_name'),
    at('city'),
    at('country'),
    at('language'),
    at('consent'),
  ]
  const own = o.mapping.flatMap((target, index) =>
    target.startsWith('field:') ? [{ index, key: JSON.stringify(target.slice(6)) }] : []
  )
  const readPhone = phoneReader(o.country)

  return (cells) => {
    const row: ReadContact = {
      email: '',
      phone: '',
      firstName: '',
      lastName: '',
      city: '',
      country: '',
      language: readLanguage(cell(cells, language)),
      consent: 'unknown',
      fields: '{}',
      problem: null,
      warning: null,
      at: '',
    }

    const phoneCell = cell(cells, phone)
    if (phoneCell) row.phone = readPhone(phoneCell) ?? ''
    if (email >= 0) {
      row.email = normaliseEmail(cell(cells, email)) ?? ''
      if (!row.email) return refused(row, 'invalid_email', 'email')
      if (phoneCell && !row.phone) warn(row, 'invalid_phone', 'phone')
    } else if (!row.phone) {
      return refused(row, 'invalid_phone', 'phone')
    }

    row.firstName = shortCell(row, cells, firstName, 'first_name')
    row.lastName = shortCell(row, cells, lastName, 'last_name')
    row.city = shortCell(row, cells, city, 'city')

    const countryCell = cell(cells, country)
    row.country = readCountry(countryCell)
    if (countryCell && !row.country) warn(row, 'unknown_country', 'country')

    const consentCell = cell(cells, consent)
    const said = readConsent(consentCell)
    row.consent = said ?? 'unknown'
    if (said === null) warn(row, 'unclear_consent', 'consent')

    if (cells.some((one) => one.includes(REPLACED))) warn(row, 'wrong_letter', '')
    if (hasExtraCells(cells, o.mapping.length)) warn(row, 'extra_cells', '')
    row.fields = ownFields(cells, own)
    return row
  }
}

function refused(row: ReadContact, problem: ProblemReason, at: ContactTarget): ReadContact {
  row.problem = problem
  row.at = at
  return row
}

/** The first thing that is wrong names the row */
function warn(row: ReadContact, warning: ProblemReason, at: ContactTarget | '') {
  if (row.warning) return
  row.warning = warning
  row.at = at
}

function cell(cells: readonly string[], index: number): string {
  const text = index < 0 ? undefined : cells[index]
  if (!text) return ''
  const trimmed = unguardCell(text.trim())
  return trimmed.length > MAX_CELL ? trimmed.slice(0, MAX_CELL) : trimmed
}

/** A name or a city: what is longer than the form of a contact takes is cut, and the row says so */
function shortCell(
  row: ReadContact,
  cells: readonly string[],
  index: number,
  at: ContactTarget
): string {
  const text = cell(cells, index)
  if (text.length <= NAME_LENGTH) return text
  warn(row, 'cell_cut', at)
  return text.slice(0, NAME_LENGTH).toWellFormed()
}

/** Formulas stay text here; what is exported is made harmless on the way out, and read back as it was (export_cell.ts) */
function ownFields(
  cells: readonly string[],
  own: readonly { index: number; key: string }[]
): string {
  let json = ''
  for (const field of own) {
    const value = cell(cells, field.index)
    if (value)
      json += `${json ? ',' : ''}${field.key}:${JSON.stringify(value.isWellFormed() ? value : value.toWellFormed())}`
  }
  return `{${json}}`
}

function hasExtraCells(cells: readonly string[], columns: number): boolean {
  for (let index = columns; index < cells.length; index++) if (cells[index]) return true
  return false
}

/** A row that is named and not read */
export function unreadContact(problem: ProblemReason): ReadContact {
  return {
    email: '',
    phone: '',
    firstName: '',
    lastName: '',
    city: '',
    country: '',
    language: '',
    consent: 'unknown',
    fields: '{}',
    problem,
    warning: null,
    at: '',
  }
}
