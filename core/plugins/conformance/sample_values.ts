import { ConformanceError } from './conformance_error.js'

type Node = {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Node[]
  readonly const?: unknown
  readonly format?: string
  readonly minimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
}
type Schema = { toJSONSchema(): unknown; validate(value: unknown): Promise<unknown> }

/**
 * Values that a schema accepts, made from the schema. Where that cannot be guessed (a pattern), the author gives them.
 *
 * @param o.given values of the author
 * @throws C_SAMPLE when neither fits the schema
 */
export async function sampleValues(o: {
  schema: Schema
  given: unknown
  what: string
}): Promise<unknown> {
  const values = o.given ?? sample(o.schema.toJSONSchema() as Node)
  try {
    return await o.schema.validate(values)
  } catch (error) {
    const messages = (error as { messages?: { field: string; message: string }[] }).messages ?? []
    const why = messages.map(({ message }) => message).join('; ') || (error as Error).message
    throw new ConformanceError(
      'C_SAMPLE',
      `${o.what}: ${JSON.stringify(values)} is not accepted (${why}). Give testPlugin a value that is`
    )
  }
}

function sample(node: Node): unknown {
  if (node.const !== undefined) return node.const
  if (node.enum) return node.enum[0]
  if (node.anyOf) return sample(node.anyOf[0] ?? {})
  const type = Array.isArray(node.type) ? (node.type as readonly string[])[0] : node.type
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(node.properties ?? {}).flatMap(([name, field]) =>
          node.required?.includes(name) ? [[name, sample(field)]] : []
        )
      )
    case 'array':
      return Array.from({ length: node.minItems ?? 1 }, () => sample(node.items ?? {}))
    case 'number':
    case 'integer':
      return node.minimum ?? 1
    case 'boolean':
      return true
    default:
      return text(node)
  }
}

function text(node: Node): string {
  switch (node.format) {
    case 'email':
      return 'awa@example.com'
    case 'uri':
    case 'url':
      return 'https://example.com/'
    case 'uuid':
      return '01890a5d-ac96-774b-bcce-b302099a8057'
    default:
      return 'abc'.padEnd(node.minLength ?? 3, 'x').slice(0, node.maxLength ?? 200)
  }
}
