import { parse, type Expression } from 'acorn'

/**
 * Parses with the options of edge-parser, which keeps the first statement only: a second one is refused here
 */
export function parseProgram(source: string) {
  try {
    return parse(source, { ecmaVersion: 2020, allowAwaitOutsideFunction: true }).body
  } catch {
    return []
  }
}

export function parseExpression(source: string): Expression | null {
  const [statement, ...more] = parseProgram(source)
  return statement?.type === 'ExpressionStatement' && more.length === 0
    ? statement.expression
    : null
}

/** The parts of `a, b, c` */
export function listOf(expression: Expression | null): Expression[] {
  if (!expression) return []
  return expression.type === 'SequenceExpression' ? expression.expressions : [expression]
}

/** What an expression calls when it is nothing but a call by name: `url('/a')`; null for all others */
export function callOf(
  expression: Expression | null
): { readonly name: string; readonly first: Expression | null } | null {
  if (expression?.type !== 'CallExpression' || expression.callee.type !== 'Identifier') return null
  const [first] = expression.arguments
  return {
    name: expression.callee.name,
    first: first && first.type !== 'SpreadElement' ? first : null,
  }
}
