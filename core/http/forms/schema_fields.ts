/** The part of JSON Schema that Vine writes, with what `.meta()` adds */
export type FormSchema = {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, FormSchema>>
  readonly required?: readonly string[]
  readonly items?: FormSchema | readonly FormSchema[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly FormSchema[]
  readonly oneOf?: readonly FormSchema[]
  readonly const?: unknown
  readonly format?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly title?: SchemaText
  readonly description?: SchemaText
  readonly placeholder?: SchemaText
  readonly widget?: string
  /** What a client is offered before they have answered: the name of their company */
  readonly prefill?: string
  readonly secret?: boolean
  readonly hidden?: boolean
  readonly unit?: SchemaText
  readonly options?: readonly (SchemaOption | string)[]
}

type SchemaText = string | { readonly fr: string; readonly en: string }
type SchemaOption = {
  readonly value: unknown
  readonly title?: SchemaText
  readonly label?: SchemaText
}

/** One line of a form, ready to be shown: props of the `field` component, or a heading, or the end of a group */
export type SchemaLine =
  | { readonly kind: 'field'; readonly props: SchemaFieldProps }
  | { readonly kind: 'group'; readonly label: string; readonly hint: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'json'; readonly label: string; readonly hint: string; readonly text: string }

/** Props of `components/field` */
export type SchemaFieldProps = {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly value: unknown
  readonly required: boolean
  readonly hint: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly placeholder: string
  readonly min?: number
  readonly max?: number
  readonly step?: number | 'any'
  readonly maxlength?: number
  readonly rows?: number
  readonly suffix: string
  readonly secret: boolean
  /** A secret that is stored already: leaving the field empty keeps it */
  readonly kept: boolean
  readonly code: boolean
}

/** Entries that a list of objects offers beyond those it has */
const SPARE_ENTRIES = 1

/** A form deeper than this is shown as JSON */
const MAX_DEPTH = 4

/**
 * Lays a JSON Schema out as the lines of a form. A form is flat so that templates need no recursion, which a theme may
 * not have. What has no widget is shown as JSON that cannot be changed: never an error, since plugins come from
 * strangers.
 *
 * @param o.schema - `validator.toJSONSchema()` of Vine 4
 * @param o.values - the present values
 * @param o.name - the prefix of the names of the inputs: `settings` gives `settings[host]`
 * @param o.kept - paths of secrets that are stored
 * @param o.locale - the language of titles that are given in both
 * @param o.templates - what the widget `template` offers
 */
export function schemaFields(o: {
  schema: FormSchema
  values?: unknown
  name?: string
  kept?: readonly string[]
  locale: string
  templates?: readonly { readonly value: string; readonly label: string }[]
}): SchemaLine[] {
  const lines: SchemaLine[] = []
  objectLines(o.schema, o.values, '', 0)
  return lines

  function objectLines(schema: FormSchema, values: unknown, path: string, depth: number): void {
    const required = new Set(schema.required ?? [])
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const child = path ? `${path}.${key}` : key
      const value = isRecord(values) && Object.hasOwn(values, key) ? values[key] : property.default
      addLine(key, property, value, child, required.has(key), depth)
    }
  }

  function addLine(
    key: string,
    written: FormSchema,
    value: unknown,
    path: string,
    required: boolean,
    depth: number
  ): void {
    const schema = withoutNull(written)
    if (schema.hidden) return

    const label = text(schema.title) || humanise(key)
    const hint = text(schema.description)
    const widget = widgetOf(schema)

    if (widget === 'object' && depth < MAX_DEPTH) {
      lines.push({ kind: 'group', label, hint })
      objectLines(schema, value, path, depth + 1)
      lines.push({ kind: 'end' })
      return
    }

    if (widget === 'entries' && depth < MAX_DEPTH) {
      const items = schema.items as FormSchema
      const entries = Array.isArray(value) ? value : []
      const most = Math.min(schema.maxItems ?? 50, entries.length + SPARE_ENTRIES)
      lines.push({ kind: 'group', label, hint })
      for (let index = 0; index < most; index++) {
        lines.push({ kind: 'group', label: `${label} ${index + 1}`, hint: '' })
        const before = lines.length
        objectLines(items, entries[index], `${path}.${index}`, depth + 1)
        if (index >= entries.length) optional(before)
        lines.push({ kind: 'end' })
      }
      lines.push({ kind: 'end' })
      return
    }

    if (widget === 'json' || widget === 'object' || widget === 'entries') {
      lines.push({ kind: 'json', label, hint, text: jsonText(value) })
      return
    }

    const secret = schema.secret === true || widget === 'password'
    const props: SchemaFieldProps = {
      name: nameOf(path),
      label,
      type: widget,
      value: secret ? '' : shown(value, widget),
      required: required && !(secret && isKept(path)) && widget !== 'switch',
      hint,
      options:
        widget === 'select' || widget === 'radio' || widget === 'checkboxes'
          ? optionsOf(schema)
          : [],
      placeholder: text(schema.placeholder),
      min: schema.minimum ?? schema.exclusiveMinimum,
      max: schema.maximum,
      step:
        widget === 'number'
          ? (schema.multipleOf ?? (typeOf(schema) === 'integer' ? 1 : 'any'))
          : undefined,
      maxlength: typeOf(schema) === 'string' ? schema.maxLength : undefined,
      rows: widget === 'lines' ? 4 : undefined,
      suffix: text(schema.unit),
      secret,
      kept: secret && isKept(path),
      code: schema.widget === 'code',
    }
    lines.push({ kind: 'field', props })
  }

  /** The spare entry of a list may be left empty */
  function optional(from: number): void {
    for (let index = from; index < lines.length; index++) {
      const line = lines[index]
      if (line.kind === 'field')
        lines[index] = { ...line, props: { ...line.props, required: false } }
    }
  }

  function optionsOf(schema: FormSchema): { value: string; label: string }[] {
    if (schema.widget === 'template' && o.templates) return [...o.templates]
    const items = Array.isArray(schema.items) ? undefined : (schema.items as FormSchema | undefined)
    const source = schema.options ?? schema.enum ?? items?.options ?? items?.enum ?? []
    return source.map((option) => {
      if (!isRecord(option)) return { value: String(option), label: humanise(String(option)) }
      const { value, title, label } = option as SchemaOption
      return { value: String(value), label: text(title ?? label) || humanise(String(value)) }
    })
  }

  function nameOf(path: string): string {
    const parts = o.name ? [o.name, ...path.split('.')] : path.split('.')
    return (
      parts[0] +
      parts
        .slice(1)
        .map((part) => `[${part}]`)
        .join('')
    )
  }

  function isKept(path: string): boolean {
    return o.kept?.includes(path) ?? false
  }

  function text(words: SchemaText | undefined): string {
    if (words === undefined || words === null) return ''
    if (typeof words === 'string') return words
    return (o.locale === 'en' ? words.en : words.fr) ?? words.fr ?? ''
  }
}

/** `anyOf: [schema, null]` is how Vine writes nullable */
export function withoutNull(schema: FormSchema): FormSchema {
  const choices = (schema.anyOf ?? schema.oneOf ?? []).filter((choice) => choice.type !== 'null')
  return choices.length === 1 ? { ...choices[0], ...omitChoices(schema) } : schema
}

/**
 * The input that a schema gets: its own `widget` when that is known, else what its type asks for. `json` when nothing
 * fits.
 */
export function widgetOf(schema: FormSchema): string {
  const type = typeOf(schema)
  const items = Array.isArray(schema.items) ? undefined : (schema.items as FormSchema | undefined)

  if (type === 'array') {
    if (items && (items.enum || items.options || schema.options)) return 'checkboxes'
    if (items && typeOf(items) === 'object') return 'entries'
    return items && ['string', 'number', 'integer'].includes(typeOf(items)) ? 'lines' : 'json'
  }
  if (schema.secret) return 'password'

  switch (schema.widget) {
    case 'text':
    case 'textarea':
    case 'number':
    case 'url':
    case 'email':
    case 'tel':
    case 'color':
    case 'radio':
    case 'date':
    case 'datetime':
    case 'time':
      return schema.widget
    case 'secret':
    case 'password':
      return 'password'
    case 'switch':
    case 'checkbox':
      return 'switch'
    case 'code':
    case 'html':
    case 'message':
      return 'textarea'
    case 'select':
    case 'template':
      return schema.options || schema.enum || schema.widget === 'template' ? 'select' : 'text'
    case 'list':
      return 'lines'
  }

  if (schema.options || schema.enum) return 'select'
  switch (type) {
    case 'object':
      return schema.properties ? 'object' : 'json'
    case 'boolean':
      return 'switch'
    case 'number':
    case 'integer':
      return 'number'
    case 'string':
      return formatWidget(schema)
    default:
      return 'json'
  }
}

function formatWidget(schema: FormSchema): string {
  switch (schema.format) {
    case 'email':
      return 'email'
    case 'uri':
    case 'url':
      return 'url'
    case 'date':
      return 'date'
    case 'date-time':
      return 'datetime'
    default:
      return (schema.maxLength ?? 0) > 300 ? 'textarea' : 'text'
  }
}

/** The type, without null */
export function typeOf(schema: FormSchema): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  return types.find((type) => type !== 'null' && type !== undefined) ?? ''
}

function omitChoices(schema: FormSchema): FormSchema {
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => key !== 'anyOf' && key !== 'oneOf')
  )
}

function shown(value: unknown, widget: string): unknown {
  if (widget === 'lines') return Array.isArray(value) ? value.join('\n') : (value ?? '')
  if (widget === 'switch') return value === true
  if (widget === 'checkboxes') return Array.isArray(value) ? value.map(String) : []
  if (value === null || value === undefined) return ''
  return typeof value === 'object' && !(value instanceof Date) ? jsonText(value) : value
}

function jsonText(value: unknown): string {
  if (value === undefined) return '–'
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item), 2)
}

/** `daily_limit` and `dailyLimit` as « Daily limit » */
function humanise(key: string): string {
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
