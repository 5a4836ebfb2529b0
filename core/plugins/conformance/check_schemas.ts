import type { PluginDefinition } from '@griot/sdk'
import { ConformanceError } from './conformance_error.js'

type Node = {
  readonly type?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly const?: unknown
  readonly title?: unknown
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node | readonly Node[]
}

/** Such settings belong to capabilities.secrets, where they are encrypted and never shown */
const SECRET = /(?:^|_)(?:password|secret|token|api_?key|private_?key)$/i

/**
 * Settings and briefs become forms: every field must be one that a form can show, with words in French and English.
 *
 * @throws C_FIELD_UNKNOWN, C_FIELD_BOOLEAN, C_FIELD_TITLE, C_FIELD_SECRET
 */
export function checkSchemas(definition: PluginDefinition): void {
  const settings = schemaOf(definition.settings)
  walk('settings', settings)
  for (const name of Object.keys(settings.properties ?? {})) {
    if (SECRET.test(name))
      throw new ConformanceError(
        'C_FIELD_SECRET',
        `settings.${name} looks like a secret. Name it in griot.capabilities.secrets and read it with ctx.secrets.get`
      )
  }
  for (const [id, channel] of Object.entries(definition.channels))
    walk(`${id}.brief`, schemaOf(channel.brief))
}

export function schemaOf(schema: { toJSONSchema(): unknown }): Node {
  return schema.toJSONSchema() as Node
}

function walk(path: string, node: Node): void {
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    const at = `${path}.${name}`
    refuseUnshowable(at, field)
    const title = field.title as { fr?: unknown; en?: unknown } | undefined
    if (typeof title?.fr !== 'string' || typeof title.en !== 'string') {
      throw new ConformanceError(
        'C_FIELD_TITLE',
        `${at} has no title. Write .meta({ title: { fr: '…', en: '…' } })`
      )
    }
    walk(at, field)
    for (const item of Array.isArray(field.items)
      ? field.items
      : field.items
        ? [field.items as Node]
        : []) {
      refuseUnshowable(`${at}[]`, item as Node)
      walk(`${at}[]`, item as Node)
    }
  }
}

function refuseUnshowable(at: string, field: Node): void {
  if (field.enum?.includes(true) && field.enum.includes('on')) {
    throw new ConformanceError(
      'C_FIELD_BOOLEAN',
      `${at} accepts nine spellings of a boolean. Write vine.boolean({ strict: true })`
    )
  }
  const known = field.type ?? field.enum ?? field.anyOf ?? field.oneOf ?? field.const
  if (known === undefined) {
    throw new ConformanceError(
      'C_FIELD_UNKNOWN',
      `${at} becomes an empty JSON Schema, as vine.date() and vine.accepted() do. Use a string with a pattern, or boolean({ strict: true })`
    )
  }
}
