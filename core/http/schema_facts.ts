import { schemaFields, type FormSchema, type SchemaFieldProps } from './schema_fields.js'

export type SchemaFact = {
  readonly label: string
  /** Empty when a required answer is not there yet */
  readonly value: string
}

/**
 * What was answered to the form of a schema, to be read: titles of options instead of their values, no secrets, nothing that
 * was left empty and may be.
 *
 * @param o.words for what was ticked and what was not
 */
export function schemaFacts(
  o: Parameters<typeof schemaFields>[0] & { words: { yes: string; no: string } }
): SchemaFact[] {
  return schemaFields(o).flatMap((line) => {
    if (line.kind !== 'field' || line.props.secret) return []
    const value = told(line.props, o.words)
    return value === '' && !line.props.required ? [] : [{ label: line.props.label, value }]
  })
}

/** The field that asks for a template, when a schema has one */
export function templateField(schema: FormSchema): string | null {
  return fieldWith(schema, (field) => field.widget === 'template')
}

/** What is put into a form that nobody has answered yet */
export function prefilled(schema: FormSchema, o: { accountName: string }): Record<string, string> {
  const name = fieldWith(schema, (field) => field.prefill === 'account_name')
  return name === null ? {} : { [name]: o.accountName }
}

function fieldWith(schema: FormSchema, fits: (field: FormSchema) => boolean): string | null {
  return Object.entries(schema.properties ?? {}).find(([, field]) => fits(field))?.[0] ?? null
}

function told(props: SchemaFieldProps, words: { yes: string; no: string }): string {
  const title = (value: unknown) =>
    props.options.find((option) => option.value === String(value))?.label ?? ''
  switch (props.type) {
    case 'switch':
      return props.value === true ? words.yes : words.no
    case 'select':
    case 'radio':
      return title(props.value)
    case 'checkboxes':
      return (props.value as string[]).map(title).join(', ')
    case 'lines':
      return String(props.value).split('\n').filter(Boolean).join(', ')
    default:
      return props.value === '' ? '' : [String(props.value), props.suffix].filter(Boolean).join(' ')
  }
}
