/*
| What a theme's template may say. Everything that is not on these lists is refused.
*/

/** Tags of Edge that a theme may use */
export const THEME_TAGS: ReadonlySet<string> = new Set([
  'if',
  'else',
  'elseif',
  'unless',
  'each',
  'include',
  'includeIf',
  'component',
  'slot',
  'let',
])

/** Methods of strings, numbers and arrays that neither change their receiver nor make it grow */
export const METHODS: ReadonlySet<string> = new Set([
  'map',
  'filter',
  'find',
  'some',
  'every',
  'slice',
  'join',
  'includes',
  'at',
  'toUpperCase',
  'toLowerCase',
  'trim',
  'startsWith',
  'endsWith',
  'split',
  'toFixed',
])

/** Those that walk through a list or a long text */
export const WALKING: ReadonlySet<string> = new Set([
  'map',
  'filter',
  'find',
  'some',
  'every',
  'slice',
  'join',
  'includes',
  'split',
])

/** Helpers that print HTML as it is: where they stand is where their HTML is, and nowhere else */
export const HTML_HELPERS: ReadonlySet<string> = new Set(['attrs', 'csrf', 'icon'])

/** Helpers that stand alone in `{{ }}`: what they give is HTML, or holds the token of the form */
export const LONE_HELPERS: ReadonlySet<string> = new Set([...HTML_HELPERS, 'uploadTo'])

export const MATH: ReadonlySet<string> = new Set(['min', 'max', 'round', 'floor', 'ceil', 'abs'])

/** Node types of an expression, in the ESTree vocabulary */
export const EXPRESSIONS: ReadonlySet<string> = new Set([
  'Literal',
  'TemplateLiteral',
  'TemplateElement',
  'Identifier',
  'MemberExpression',
  'ChainExpression',
  'CallExpression',
  'BinaryExpression',
  'LogicalExpression',
  'UnaryExpression',
  'ConditionalExpression',
  'ArrayExpression',
  'ObjectExpression',
  'Property',
  'SpreadElement',
  'ArrowFunctionExpression',
])

export const OPERATORS: ReadonlySet<string> = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '===',
  '!==',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '!',
])

/** Property names that lead from data to the engine */
export const REFLECTION =
  /^(?:constructor|prototype|__\w*|call|apply|bind|caller|callee|arguments)$/

/** Variables of the engine that Edge leaves within reach of an expression */
export const REACHABLE = /^(?:state|\$.*)$/

/**
 * Names that a template may not give to a variable of its own: the compiled code uses them. Read without being declared
 * they are fields of the model (`{{ template.name }}` compiles to `state.template.name`), which is harmless.
 */
export const RESERVED = /^(?:state|template|out|slot_.*|stack_.*|\$.*)$/
