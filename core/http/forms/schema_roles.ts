import type { FormSchema } from './schema_fields.js'

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
