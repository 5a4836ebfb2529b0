import type { AnyNode, Expression } from 'acorn'
import {
  EXPRESSIONS,
  LONE_HELPERS,
  MATH,
  METHODS,
  OPERATORS,
  REACHABLE,
  REFLECTION,
  RESERVED,
  WALKING,
} from './theme_grammar.js'

/** Why an expression is refused: a stable public code and the offending words */
export type Refusal = { readonly code: string; readonly detail: string }

/** What holds around the expression */
export type ExpressionScope = {
  /** Functions that templates may call by name */
  readonly helpers: ReadonlySet<string>
  /** `$slots.name` may be read, to ask whether a slot was filled */
  readonly slots?: boolean
  /** The operator vouches for the theme: a loop may look through another list */
  readonly bundled?: boolean
  /** It is the whole of what is printed here: a helper may print its HTML, or its token */
  readonly printed?: boolean
}

/** The child nodes of a node, with the property that holds them */
function* childrenOf(node: AnyNode): Generator<[AnyNode, string]> {
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === 'object' && typeof child.type === 'string') {
        yield [child, key]
      }
    }
  }
}

/**
 * Walks an expression of a template and lists everything in it that a theme may not say.
 *
 * The list is of what is allowed, so a form of JavaScript that nobody thought of is refused.
 */
export function checkExpression(expression: Expression, scope: ExpressionScope): Refusal[] {
  const refusals: Refusal[] = []
  const refuse = (code: string, detail: string) => refusals.push({ code, detail })

  visit(expression, null, '', 0)
  return refusals

  function visit(node: AnyNode, parent: AnyNode | null, key: string, arrows: number): void {
    if (!EXPRESSIONS.has(node.type)) {
      return void refuse('TH-EXPR', node.type)
    }

    switch (node.type) {
      case 'Identifier':
        return checkIdentifier(node.name, parent, key)

      case 'Literal':
        if ('regex' in node && node.regex) refuse('TH-EXPR', 'regular expression')
        return

      case 'UnaryExpression':
      case 'BinaryExpression':
      case 'LogicalExpression':
        if (!OPERATORS.has(node.operator)) refuse('TH-EXPR', node.operator)
        break

      case 'MemberExpression':
        if (isSlot(node)) return
        checkMember(node)
        checkMethodValue(node, parent, key)
        break

      case 'Property':
        checkProperty(node)
        break

      case 'SpreadElement':
        if (parent?.type !== 'ObjectExpression' && parent?.type !== 'ArrayExpression') {
          refuse('TH-EXPR', 'spread outside an object or an array')
        }
        break

      /* `[...a, ...a]` thirty times over is a thousand million: one spread a list only adds */
      case 'ArrayExpression':
        if (node.elements.filter((element) => element?.type === 'SpreadElement').length > 1) {
          refuse('TH-EXPR', 'more than one spread in a list')
        }
        break

      case 'CallExpression':
        checkCall(node)
        /* `a.filter((x) => b.includes(x))` takes the product of both, and a list may be long */
        if (arrows > 0 && !scope.bundled && isWalk(node))
          refuse('TH-NESTED', `${describe(node.callee as AnyNode)} inside a function`)
        break

      case 'ArrowFunctionExpression':
        checkArrow(node, parent, arrows)
        for (const [child, name] of childrenOf(node)) visit(child, node, name, arrows + 1)
        return
    }

    for (const [child, name] of childrenOf(node)) visit(child, node, name, arrows)
  }

  function checkIdentifier(name: string, parent: AnyNode | null, key: string): void {
    if (REFLECTION.test(name)) {
      return void refuse('TH-REFLECT', name)
    }

    /*
    | Names of properties are not variables
    */
    const isProperty = parent?.type === 'MemberExpression' && key === 'property'
    const isKey = parent?.type === 'Property' && key === 'key' && !parent.shorthand
    if (isProperty || isKey) {
      return
    }

    if (REACHABLE.test(name)) {
      return void refuse('TH-INTERNAL', name)
    }
    if (LONE_HELPERS.has(name) && !scope.bundled && !isPrintedCall(parent, key)) {
      return void refuse('TH-LONE', `${name} but alone in {{ }}`)
    }
    if (scope.helpers.has(name)) {
      return
    }
    const isMath = name === 'Math' && parent?.type === 'MemberExpression' && key === 'object'
    if (name in globalThis && name !== 'undefined' && !isMath) {
      refuse('TH-GLOBAL', name)
    }
  }

  /** HTML that is kept or handed on could break out of an attribute, and a token could be sent away */
  function isPrintedCall(parent: AnyNode | null, key: string): boolean {
    return scope.printed === true && parent === expression && key === 'callee'
  }

  function checkMember(node: AnyNode & { type: 'MemberExpression' }): void {
    if (!node.computed) {
      const math = node.object.type === 'Identifier' && node.object.name === 'Math'
      if (math && !(node.property.type === 'Identifier' && MATH.has(node.property.name))) {
        refuse('TH-GLOBAL', 'Math')
      }
      return
    }
    const { property } = node
    const literal = property.type === 'Literal' ? property.value : null
    const named = typeof literal === 'string' && !REFLECTION.test(literal)
    if (typeof literal !== 'number' && !named) {
      refuse('TH-COMPUTED', 'object[…]: use pick(object, name)')
    }
  }

  /** A method is called or not named: as a value it would print the engine's own text */
  function checkMethodValue(
    node: AnyNode & { type: 'MemberExpression' },
    parent: AnyNode | null,
    key: string
  ): void {
    if (parent?.type === 'CallExpression' && key === 'callee') return
    const { property } = node
    const name =
      property.type === 'Identifier' && !node.computed
        ? property.name
        : property.type === 'Literal'
          ? String(property.value)
          : ''
    /** Words that data uses too; what is printed is a scalar in any case */
    if (METHODS.has(name) && name !== 'at' && name !== 'every' && name !== 'some')
      refuse('TH-METHOD', `.${name} without a call`)
  }

  function isWalk(node: AnyNode & { type: 'CallExpression' }): boolean {
    const { callee } = node
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false
    return WALKING.has(callee.property.name)
  }

  function checkProperty(node: AnyNode & { type: 'Property' }): void {
    const name = node.key.type === 'Identifier' ? node.key.name : null
    const literal = node.key.type === 'Literal' ? String(node.key.value) : null

    if (node.computed || node.method || node.kind !== 'init') {
      return void refuse('TH-COMPUTED', 'key of an object')
    }
    if (literal !== null && REFLECTION.test(literal)) {
      return void refuse('TH-REFLECT', literal)
    }
    /*
    | An object may become the props of a component, whose keys are names of variables: the engine's own begin with $
    */
    const variable = name ?? literal ?? ''
    if (variable.startsWith('$')) {
      refuse('TH-INTERNAL', variable)
    }
  }

  function checkCall(node: AnyNode & { type: 'CallExpression' }): void {
    const { callee } = node
    if (callee.type === 'Identifier' && scope.helpers.has(callee.name)) {
      return
    }
    if (callee.type === 'MemberExpression' && !callee.computed) {
      const name = callee.property.type === 'Identifier' ? callee.property.name : ''
      const math = callee.object.type === 'Identifier' && callee.object.name === 'Math'
      if (math ? MATH.has(name) : METHODS.has(name)) {
        return
      }
    }
    refuse('TH-CALL', describe(callee))
  }

  function checkArrow(
    node: AnyNode & { type: 'ArrowFunctionExpression' },
    parent: AnyNode | null,
    arrows: number
  ): void {
    if (parent?.type !== 'CallExpression' || parent.callee.type !== 'MemberExpression') {
      refuse('TH-EXPR', 'a function may only be given to map, filter, find, some or every')
    }
    /*
    | One loop inside another inside another is a page that never ends
    */
    if (arrows > 0) {
      refuse('TH-NESTED', 'a function inside a function')
    }
    if (node.async || node.generator || node.body.type === 'BlockStatement') {
      refuse('TH-EXPR', 'a function with a body')
    }
    for (const param of node.params) {
      if (param.type !== 'Identifier') refuse('TH-EXPR', param.type)
      else refusals.push(...checkName(param.name, scope.helpers, REACHABLE))
    }
  }

  function isSlot(node: AnyNode & { type: 'MemberExpression' }): boolean {
    return (
      scope.slots === true &&
      !node.computed &&
      node.object.type === 'Identifier' &&
      node.object.name === '$slots' &&
      node.property.type === 'Identifier' &&
      !REFLECTION.test(node.property.name)
    )
  }
}

/**
 * Says why a name may not be given to a variable of a template.
 *
 * @param reserved - what the place where it is declared cannot bear; the parameter of a function hides nothing but itself
 */
export function checkName(
  name: string,
  helpers: ReadonlySet<string>,
  reserved: RegExp = RESERVED
): Refusal[] {
  if (REFLECTION.test(name)) return [{ code: 'TH-REFLECT', detail: name }]
  if (reserved.test(name)) return [{ code: 'TH-INTERNAL', detail: name }]
  if (helpers.has(name)) return [{ code: 'TH-SHADOW', detail: name }]
  if (name in globalThis) return [{ code: 'TH-GLOBAL', detail: name }]
  return []
}

function describe(node: AnyNode): string {
  if (node.type === 'Identifier') return `${node.name}()`
  if (node.type === 'MemberExpression' && node.property.type === 'Identifier') {
    return `.${node.property.name}()`
  }
  return node.type
}
