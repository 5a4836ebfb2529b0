import type { I18n } from '@adonisjs/i18n'
import { errors } from '@vinejs/vine'
import type { FormSchema } from './schema_fields.js'

/** What a schema has against one field, without words of its own: whoever shows it has the language and the field's title */
export type FieldProblem = {
  /** Path of the field: `menu.items.0.text` */
  readonly field: string
  readonly rule: string
  /** The schema's sentence, with `{{ field }}` in it, for rules that nobody has translated */
  readonly message: string
  /** Values for the sentence: `{ min: 3 }` */
  readonly meta: Readonly<Record<string, unknown>>
}

/** The validator's sentences in a language: `errors.validation.messages.required` */
export function validationMessages(i18n: I18n) {
  return i18n.createMessagesProvider('errors.validation')
}

/**
 * Says in the reader's language what is wrong with a form that was made from a schema. Each field goes by the title that it has in
 * the form.
 *
 * @param o.form name that the form's fields begin with: `settings[host]` for `settings`
 * @returns the error that takes the reader back to the form, with a sentence at each field
 */
export function sayProblems(o: {
  problems: readonly FieldProblem[]
  schema: FormSchema
  form: string
  i18n: I18n
}): Error {
  const words = validationMessages(o.i18n)
  return new errors.E_VALIDATION_ERROR(
    o.problems.map(({ field, rule, message, meta }) => ({
      field: `${o.form}.${field}`,
      rule,
      message: words.getMessage(
        message,
        rule,
        {
          name: titleOf(o.schema, field, o.i18n.locale),
          wildCardPath: field.replace(/\d+/g, '*'),
        } as Parameters<typeof words.getMessage>[2],
        { ...meta }
      ),
    }))
  )
}

function titleOf(schema: FormSchema, path: string, locale: string): string {
  let at: FormSchema | undefined = schema
  for (const part of path.split('.')) {
    if (/^\d+$/.test(part))
      at = Array.isArray(at?.items) ? at.items[Number(part)] : (at?.items as FormSchema | undefined)
    else at = at?.properties?.[part]
  }
  const title = at?.title
  if (title === undefined) return path
  return typeof title === 'string' ? title : locale === 'en' ? title.en : title.fr
}
