import type { Expression, Pattern } from 'acorn'
import { MustacheTypes, Tokenizer } from 'edge-lexer'
import type { TagToken, Token, MustacheToken, LexerTagDefinitionContract } from 'edge-lexer/types'
import {
  checkExpression,
  checkName,
  type ExpressionScope,
  type Refusal,
} from './check_expression.js'
import { checkMarkup, type Piece } from './check_markup.js'
import { listOf, parseExpression, parseProgram } from './parse_expression.js'
import { TEMPLATE_NAME } from './theme_loader.js'
import { THEME_TAGS } from './theme_grammar.js'

/** A refusal with its place */
export type Issue = Refusal & { readonly line: number }

/** What a template says of itself */
export type TemplateReport = {
  readonly issues: readonly Issue[]
  /** Templates that it includes or uses as components */
  readonly uses: readonly string[]
}

/** Tags whose definitions the lexer needs to see them at all, forbidden ones too */
export type TagDefinitions = Readonly<Record<string, LexerTagDefinitionContract>>

/** Characters of a template, and of one of its lines: Edge reads a line in the square of its length. Ours have 11,000 and 850 at most */
const MOST = 200_000
const MOST_IN_A_LINE = 10_000

/**
 * The syntax gate: reads a template the way Edge does and lists what a theme may not say. Edge runs the expressions of
 * a template as JavaScript in the server's process, so a template that passed through here is the only kind of
 * stranger's template that may be compiled.
 *
 * The gate is one of several layers, not a proof: models are plain and frozen, the loader is confined, pages have a
 * budget and the browser a CSP.
 */
export function checkTemplate(o: {
  source: string
  name: string
  tags: TagDefinitions
  helpers: ReadonlySet<string>
  /** A bundled theme's markup is the operator's own, and its loops are known */
  bundled?: boolean
}): TemplateReport {
  const issues: Issue[] = []
  const uses: string[] = []

  const long = tooLong(o.source)
  if (long !== null) return { issues: [long], uses }

  const tokenizer = new Tokenizer(o.source, o.tags, { filename: o.name })
  tokenizer.parse()
  const pieces: Piece[] = []
  tokenizer.tokens.forEach(visit)
  if (!o.bundled) issues.push(...checkMarkup(pieces))
  return { issues, uses }

  function visit(token: Token): void {
    switch (token.type) {
      case 'raw':
        pieces.push({ kind: 'text', text: token.value, line: token.line })
        return
      case 'newline':
        pieces.push({ kind: 'text', text: '\n', line: token.line })
        return
      case 'comment':
        return
      case 'e__tag':
        /** Printed as it is written, what stands inside is not */
        checkTag(token)
        printed(token, `@${token.properties.name}(${token.properties.jsArg})`)
        token.children.forEach(visit)
        return printed(token, `@end${token.properties.name}`)
      case 'tag':
        checkTag(token)
        boundaryOf(token)
        token.children.forEach(visit)
        return boundaryOf(token)
      case MustacheTypes.EMUSTACHE:
        return printed(token, `{{${token.properties.jsArg}}}`)
      case MustacheTypes.ESMUSTACHE:
        return printed(token, `{{{${token.properties.jsArg}}}}`)
      case MustacheTypes.SMUSTACHE:
        boundaryOf(token)
        return checkRawMustache(token)
      case MustacheTypes.MUSTACHE:
        pieceOf(token)
        return checkSource(token, token.properties.jsArg, { printed: true })
      default:
        report(1, 'TH-TAG', String((token as { type: unknown }).type))
    }
  }

  function pieceOf(token: MustacheToken): void {
    const { line } = token.loc.start
    const source = token.properties.jsArg
    pieces.push({ kind: 'expression', source, expression: parseExpression(source), line })
  }

  /** Edge leaves the ends of its lines out */
  function printed(token: TagToken | MustacheToken, text: string): void {
    pieces.push({ kind: 'text', text: text.replaceAll('\n', ''), line: token.loc.start.line })
  }

  function boundaryOf(token: TagToken | MustacheToken): void {
    pieces.push({ kind: 'boundary', line: token.loc.start.line })
  }

  function report(line: number, code: string, detail: string): void {
    issues.push({ code, detail, line })
  }

  function check(
    line: number,
    expression: Expression,
    place: Pick<ExpressionScope, 'slots' | 'printed'> = {}
  ): void {
    const scope: ExpressionScope = { helpers: o.helpers, bundled: o.bundled, ...place }
    for (const refusal of checkExpression(expression, scope)) {
      report(line, refusal.code, refusal.detail)
    }
  }

  function checkSource(
    token: TagToken | MustacheToken,
    source: string,
    place?: Pick<ExpressionScope, 'slots' | 'printed'>
  ): void {
    const line = token.loc.start.line
    const expression = parseExpression(source)
    if (!expression) return report(line, 'TH-PARSE', source.trim())
    check(line, expression, place)
  }

  /**
   * `{{{ await $slots.name(values) }}}`: the content of a slot is the output of a template, already escaped
   */
  function checkRawMustache(token: MustacheToken): void {
    const line = token.loc.start.line
    const expression = parseExpression(token.properties.jsArg)
    const call = expression?.type === 'AwaitExpression' ? expression.argument : null

    const isSlot =
      call?.type === 'CallExpression' &&
      !call.optional &&
      call.callee.type === 'MemberExpression' &&
      !call.callee.computed &&
      call.callee.object.type === 'Identifier' &&
      call.callee.object.name === '$slots' &&
      call.callee.property.type === 'Identifier' &&
      checkName(call.callee.property.name, new Set()).length === 0

    if (!isSlot) return report(line, 'TH-RAW-HTML', token.properties.jsArg.trim())

    for (const argument of call.arguments) {
      if (argument.type === 'SpreadElement') report(line, 'TH-EXPR', 'spread in a call')
      else check(line, argument)
    }
  }

  function checkTag(token: TagToken): void {
    const line = token.loc.start.line
    const { name, jsArg } = token.properties

    if (!THEME_TAGS.has(name)) {
      return report(line, 'TH-TAG', `@${name}`)
    }

    switch (name) {
      case 'else':
        return
      case 'if':
      case 'elseif':
      case 'unless':
        return checkSource(token, jsArg, { slots: true })
      case 'include':
        return checkUse(line, [jsArg], 0)
      case 'includeIf':
      case 'component':
        return checkUse(line, [jsArg], name === 'includeIf' ? 1 : 0)
      case 'slot':
        return checkSlot(line, jsArg)
      case 'each':
        return checkEach(line, jsArg)
      case 'let':
        return checkLet(line, jsArg)
    }
  }

  /** `@component('path', { … })`, `@include('path')`, `@includeIf(condition, 'path')`: the path is a literal */
  function checkUse(line: number, [source]: [string], at: number): void {
    const [path, rest] = takeAt(listOf(parseExpression(source)), at)

    if (!path || path.type !== 'Literal' || !isTemplateName(path.value)) {
      report(line, 'TH-PATH', source.trim())
    } else {
      uses.push(String(path.value))
    }
    rest.forEach((argument) => check(line, argument))
    rest.forEach((argument) => checkProps(line, argument))
  }

  /** Props become variables of the component, so they may not take the name of a helper */
  function checkProps(line: number, props: Expression): void {
    if (props.type !== 'ObjectExpression') return

    for (const property of props.properties) {
      if (property.type !== 'Property' || property.key.type !== 'Identifier') continue
      for (const refusal of checkName(property.key.name, o.helpers)) {
        report(line, refusal.code, refusal.detail)
      }
    }
  }

  /** `@slot('name', values)` */
  function checkSlot(line: number, source: string): void {
    const [name, values, ...more] = listOf(parseExpression(source))
    const isName = name?.type === 'Literal' && typeof name.value === 'string'

    if (!isName || !/^[a-z_]+$/.test(String(name.value)) || more.length > 0) {
      return report(line, 'TH-PARSE', source.trim())
    }
    if (values) nameOf(line, values)
  }

  /** `@each(item in items)`, `@each((item, index) in items)` */
  function checkEach(line: number, source: string): void {
    const expression = parseExpression(source)
    if (expression?.type !== 'BinaryExpression' || expression.operator !== 'in') {
      return report(line, 'TH-PARSE', source.trim())
    }
    if (expression.left.type === 'PrivateIdentifier') {
      return report(line, 'TH-PARSE', source.trim())
    }
    listOf(expression.left).forEach((name) => nameOf(line, name))
    check(line, expression.right)
  }

  /** `@let(name = value)` */
  function checkLet(line: number, source: string): void {
    const [statement, ...more] = parseProgram(`let ${source}`)
    const declared = statement?.type === 'VariableDeclaration' ? statement.declarations : []

    if (more.length > 0 || declared.length !== 1 || !declared[0].init) {
      return report(line, 'TH-PARSE', source.trim())
    }
    nameOf(line, declared[0].id)
    check(line, declared[0].init)
  }

  /** A name that the template gives to a variable */
  function nameOf(line: number, node: Expression | Pattern): void {
    if (node.type !== 'Identifier') {
      return report(line, 'TH-PARSE', node.type)
    }
    for (const refusal of checkName(node.name, o.helpers)) {
      report(line, refusal.code, refusal.detail)
    }
  }
}

function tooLong(source: string): Issue | null {
  if (source.length > MOST)
    return { code: 'TH-SIZE', detail: `more than ${MOST} characters`, line: 1 }
  const line = source.split('\n').findIndex((text) => text.length > MOST_IN_A_LINE)
  return line < 0
    ? null
    : {
        code: 'TH-SIZE',
        detail: `a line of more than ${MOST_IN_A_LINE} characters`,
        line: line + 1,
      }
}

function takeAt<T>(list: readonly T[], at: number): [T | undefined, T[]] {
  return [list[at], list.filter((_, index) => index !== at)]
}

function isTemplateName(value: unknown): boolean {
  return typeof value === 'string' && TEMPLATE_NAME.test(value)
}
