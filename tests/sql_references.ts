import ts from 'typescript'

export type Reference = {
  readonly name: string
  readonly how: 'read' | 'write' | 'call'
  readonly line: number
}

const WRITES =
  /\b(?:insert\s+into|update(?:\s+only)?|delete\s+from(?:\s+only)?|truncate(?:\s+table)?|copy|alter\s+table|drop\s+table|merge\s+into)\s+"?([a-z_][a-z0-9_]*)"?/gi
const READS = /\b(?:from|join|using)\s+(?:only\s+|lateral\s+)?"?([a-z_][a-z0-9_]*)"?(?!\s*\()/gi
/** `from a, b`: what follows a comma in a list of tables, with its alias */
const LISTS =
  /\b(?:from|using)\s+(?:[a-z_][a-z0-9_.]*(?:\s+(?:as\s+)?(?!join|left|right|inner|cross|where|order|group|limit|on|set|for|union)[a-z_][a-z0-9_]*)?\s*,\s*)+([a-z_][a-z0-9_]*)/gi
const CALLS = /\b([a-z_][a-z0-9_]*)\s*\(/gi

/**
 * Every table that a text of SQL reads or writes and every function that it calls, of those that the house knows. A row that is locked
 * is read. Names of common table expressions hide no table: none may be called like one.
 *
 * @param text SQL, or a part of it
 * @param o.line the line of the file on which the text begins, from 1
 */
export function sqlReferences(
  text: string,
  o: { tables: ReadonlySet<string>; functions: ReadonlySet<string>; line: number }
): Reference[] {
  const bare = text.replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, (comment) =>
    comment.replace(/[^\n]/g, ' ')
  )
  const found: Reference[] = []
  const add = (pattern: RegExp, how: Reference['how'], known: ReadonlySet<string>) => {
    for (const match of bare.matchAll(pattern)) {
      const name = match[1].toLowerCase()
      /** `for update of d` locks; `on conflict do update set` belongs to its insert */
      if (!known.has(name)) continue
      const line = o.line + bare.slice(0, match.index).split('\n').length - 1
      if (!found.some((one) => one.name === name && one.how === how && one.line === line))
        found.push({ name, how, line })
    }
  }
  add(WRITES, 'write', o.tables)
  add(READS, 'read', o.tables)
  add(LISTS, 'read', o.tables)
  add(CALLS, 'call', o.functions)
  return found.filter(
    (one) =>
      !(
        one.how === 'read' &&
        found.some((w) => w.how === 'write' && w.name === one.name && w.line === one.line)
      )
  )
}

/**
 * The same of all SQL in a source file of TypeScript: string literals and templates, a placeholder standing for what is put in, and
 * the tables of models (`static table`) and of the query builder (`.from('…')`, `.table('…')`).
 */
export function sqlReferencesOfSource(
  source: string,
  o: { tables: ReadonlySet<string>; functions: ReadonlySet<string>; file: string }
): Reference[] {
  const file = ts.createSourceFile(o.file, source, ts.ScriptTarget.Latest, true)
  const found: Reference[] = []
  const lineOf = (node: ts.Node) => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) {
      const text =
        node.head.text + node.templateSpans.map((span) => ` § ${span.literal.text}`).join('')
      found.push(...sqlReferences(text, { ...o, line: lineOf(node) }))
    } else if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      if (node.text.includes(' '))
        found.push(...sqlReferences(node.text, { ...o, line: lineOf(node) }))
      else if (o.tables.has(node.text)) {
        const { parent } = node
        const call = ts.isCallExpression(parent) ? parent.expression : null
        const method = call && ts.isPropertyAccessExpression(call) ? call.name.text : null
        if (method && ['from', 'join', 'leftJoin', 'innerJoin'].includes(method))
          found.push({ name: node.text, how: 'read', line: lineOf(node) })
        if (method && ['table', 'insertInto'].includes(method))
          found.push({ name: node.text, how: 'write', line: lineOf(node) })
        if (ts.isPropertyDeclaration(parent) && parent.name.getText(file) === 'table')
          found.push({ name: node.text, how: 'write', line: lineOf(node) })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
