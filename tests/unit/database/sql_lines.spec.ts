import { readdirSync, readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import ts from 'typescript'

const ROOT = new URL('../../../', import.meta.url)
/** Characters of a line of SQL: what stands beside another file on a screen */
const WIDEST = 100
const SQL = /^\s*(?:\/\*[\s\S]*?\*\/\s*)*(?:select|insert|update|delete|with|create|alter|drop)\b/i

const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8')
const files = (folder: string, ending: string) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}${file}`)

const isWide = (line: string) => [...line].length > WIDEST
const wideLines = (file: string, text: string, first = 1) =>
  text.split('\n').flatMap((line, n) => (isWide(line) ? [`${file}:${first + n}`] : []))

/** Lines of a source that hold SQL and are too wide, as `file:line` */
function wideSqlOf(file: string): string[] {
  const text = read(file)
  const lines = text.split('\n')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const isText =
      ts.isNoSubstitutionTemplateLiteral(node) ||
      ts.isTemplateExpression(node) ||
      ts.isStringLiteral(node)
    if (isText && SQL.test(node.getText(source).slice(1))) {
      const from = source.getLineAndCharacterOfPosition(node.getStart(source)).line
      const to = source.getLineAndCharacterOfPosition(node.getEnd()).line
      for (let n = from; n <= to; n++) if (isWide(lines[n])) found.push(`${file}:${n + 1}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test.group('Lines of SQL are no wider than 100 characters', () => {
  test('in functions and in migrations', ({ assert }) => {
    const found = [
      ...files('database/functions/', '.sql'),
      ...files('database/migrations/', '.ts'),
    ].flatMap((file) => wideLines(file, read(file)))
    assert.deepEqual(found, [])
  })

  test('in statements of the kernel', ({ assert }) => {
    assert.deepEqual(files('core/', '.ts').flatMap(wideSqlOf), [])
  })
})
