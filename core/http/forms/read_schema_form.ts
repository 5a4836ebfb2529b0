import { typeOf, widgetOf, withoutNull, type FormSchema } from './schema_fields.js'

/**
 * Turns what a browser sent for `schema_form` into values for the validator: lines become lists, a switch that was not
 * sent is false, an empty field is absent, an empty secret keeps the stored one, an empty entry of a list is dropped.
 * Nothing is classified here: the Vine schema does that.
 *
 * @param schema - the schema the form was drawn from
 * @param input - the part of the body under the form's prefix
 * @param options.current - the stored values: secrets, and what the form could not show, are taken from it
 */
export function readSchemaForm(
  schema: FormSchema,
  input: unknown,
  options: { current?: unknown } = {}
): Record<string, unknown> {
  const sent = isRecord(input) ? input : {}
  const stored = isRecord(options.current) ? options.current : {}
  const values: Record<string, unknown> = {}

  for (const [key, written] of Object.entries(schema.properties ?? {})) {
    const value = readValue(withoutNull(written), sent[key], stored[key])
    if (value !== undefined) values[key] = value
  }
  return values
}

function readValue(schema: FormSchema, sent: unknown, stored: unknown): unknown {
  switch (widgetOf(schema)) {
    case 'object':
      return readSchemaForm(schema, sent, { current: stored })

    case 'entries':
      return readEntries(schema.items as FormSchema, sent, stored)

    case 'switch':
      return sent === true || sent === '1' || sent === 'on' || sent === 'true'

    case 'checkboxes':
      return listOf(sent).map((item) => scalar(schema.items as FormSchema, item))

    case 'lines':
      return String(sent ?? '')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .map((line) => scalar(schema.items as FormSchema, line))

    case 'password':
      return isEmpty(sent) ? stored : sent

    case 'json':
      return stored

    default:
      return isEmpty(sent) ? undefined : scalar(schema, sent)
  }
}

/** Entries come as `{ 0: …, 1: … }` or as a list; one where nothing was typed is the spare one */
function readEntries(schema: FormSchema, sent: unknown, stored: unknown): unknown[] {
  const entries = Array.isArray(sent) ? sent : isRecord(sent) ? Object.values(sent) : []
  const current = Array.isArray(stored) ? stored : []

  return entries.flatMap((entry, index) => {
    const typed = isRecord(entry) && Object.values(entry).some((value) => !isEmpty(value))
    return typed ? [readSchemaForm(schema, entry, { current: current[index] })] : []
  })
}

/** A number that reads as one becomes one; anything else is left for the validator to refuse */
function scalar(schema: FormSchema | undefined, value: unknown): unknown {
  const type = schema ? typeOf(schema) : 'string'
  if ((type === 'number' || type === 'integer') && typeof value === 'string') {
    const number = Number(value.replace(/[\s\u00A0\u202F]/g, '').replace(',', '.'))
    return Number.isNaN(number) ? value : number
  }
  return value
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value)
    ? value.filter((item) => !isEmpty(item))
    : isEmpty(value)
      ? []
      : [value]
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
