import { schemaFields, type SchemaFieldProps } from './schema_fields.js'

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
