import type { FormSchema } from '#core/http/forms/schema_fields'

type Written = Record<string, unknown> & { properties?: Record<string, Written>; items?: Written }

/**
 * The schema of a plugin's settings or brief as `components/schema_form` draws it. Authors may write `hint` for
 * `description`, and options as `{ value: { fr, en } }`, which is shorter.
 *
 * @param schema what `toJSONSchema()` of Vine wrote
 */
export function formSchema(schema: unknown): FormSchema {
  return drawn(schema as Written) as FormSchema
}

function drawn(node: Written): Written {
  const { hint, options, properties, items, ...rest } = node
  return {
    ...rest,
    ...(hint !== undefined && rest.description === undefined ? { description: hint } : {}),
    ...(options === undefined
      ? {}
      : { options: Array.isArray(options) ? options : listed(options as Record<string, unknown>) }),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, field]) => [name, drawn(field)])
          ),
        }
      : {}),
    ...(items ? { items: Array.isArray(items) ? items : drawn(items) } : {}),
  }
}

const listed = (options: Record<string, unknown>) =>
  Object.entries(options).map(([value, label]) => ({ value, label }))
