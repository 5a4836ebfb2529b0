import { htmlAttributes } from './html_attributes.js'
import { icon } from './icon.js'
import { progressSegments } from './progress_segments.js'
import { escapeHtml, safeHtml } from './safe_html.js'
import { schemaFields } from '../forms/schema_fields.js'
import { stateLook } from './state_look.js'
import { viewFormatters } from './view_formatters.js'

/** Words for a key and its data */
export type Translate = (key: string, data?: Record<string, unknown>) => string

/** What the helpers of one page are made from */
export type ViewScope = {
  readonly locale: string
  readonly timeZone: string
  readonly now: () => Date
  readonly t: Translate
  /** The address of a built asset */
  readonly asset: (path: string) => string
  /** Path and query of the page */
  readonly path: string
  readonly query: Readonly<Record<string, unknown>>
  /** The token of the form, or '' where forms need none */
  readonly csrf: string
  /** Refusals and what was typed, after a form came back */
  readonly errors: Readonly<Record<string, readonly string[]>>
  readonly old: Readonly<Record<string, unknown>>
}

type Query = Readonly<Record<string, unknown>>

/**
 * The functions that templates may call. Each is plain: it takes data and gives text, and none leads to the application.
 */
export function viewHelpers(scope: ViewScope) {
  const formatters = viewFormatters(scope)
  const labels = new Map<string, string>()
  const hasOld = Object.keys(scope.old).length > 0

  /** A local address with a query; null, undefined and '' are left out */
  function url(path: string, query: Query = {}): string {
    const entries = Object.entries(query).filter(
      ([, value]) => value !== null && value !== undefined && value !== ''
    )
    const search = new URLSearchParams(
      entries.map(([key, value]): [string, string] => [key, String(value)])
    )
    return search.size > 0 ? `${path}?${search}` : path
  }

  /** This page with some of its query changed */
  function here(changes: Query = {}): string {
    return url(scope.path, { ...scope.query, ...changes })
  }

  /** What was typed, or the value; a box that was unticked stays so */
  function old(name: string, value?: unknown): unknown {
    if (!hasOld) return value
    const typed = pick(scope.old, dotted(name))
    return typed === undefined
      ? typeof value === 'boolean' || Array.isArray(value)
        ? undefined
        : value
      : typed
  }

  function errorFor(name: string): string {
    const path = dotted(name)
    return Object.hasOwn(scope.errors, path) ? (scope.errors[path][0] ?? '') : ''
  }

  /** The errors of the form, each with the id of its field */
  function errorList(errors: Readonly<Record<string, readonly string[]>>) {
    return Object.entries(errors ?? {}).map(([field, messages]) => ({
      id: domId(field.replaceAll('.', '-')),
      label: labels.get(field) ?? '',
      text: messages[0] ?? '',
    }))
  }

  /** Notes the label of a field, so that the list of errors can name it when the page is drawn again */
  function labelled(name: string, label: unknown): string {
    labels.set(dotted(name), String(label ?? ''))
    return ''
  }

  /** The present query as hidden fields, but for some names: a search keeps the sort order */
  function queryPairs(except: readonly string[]) {
    return Object.entries(scope.query)
      .filter(([name, value]) => typeof value === 'string' && !except.includes(name))
      .map(([name, value]) => ({ name, value }))
  }

  /** The whole `<input>` that proves a form is ours */
  function csrf() {
    return safeHtml(
      scope.csrf ? `<input type="hidden" name="_csrf" value="${escapeHtml(scope.csrf)}">` : ''
    )
  }

  /** An address with the token of its form in it: a file is only read once its sender is known */
  function uploadTo(path: string): string {
    return scope.csrf ? `${path}?_csrf=${encodeURIComponent(scope.csrf)}` : path
  }

  /** The word of a state, or the state itself when it has none */
  function stateWord(state: string): string {
    const key = `ui.states.${state}`
    const word = scope.t(key)
    return word === key || word.includes(key) ? String(state).replaceAll('_', ' ') : word
  }

  return {
    ...formatters,
    t: scope.t,
    asset: scope.asset,
    icon,
    url,
    here,
    old,
    errorFor,
    csrf,
    uploadTo,
    errorList,
    labelled,
    queryPairs,
    alignOf,
    isNothing,
    pick,
    json,
    stateWord,
    stateLook,
    attrs: htmlAttributes,
    segments: progressSegments,
    domId,
    listed,
    schemaLines: (o: Omit<Parameters<typeof schemaFields>[0], 'locale'>) =>
      schemaFields({ ...o, locale: scope.locale }),
  }
}

export type ViewHelpers = ReturnType<typeof viewHelpers>

/** Kinds of columns that line up on the right */
const NUMERIC: ReadonlySet<unknown> = new Set(['money', 'price', 'number', 'percent'])

/** The names that templates may call; the gate refuses all others */
export const HELPER_NAMES: ReadonlySet<string> = new Set(
  Object.keys(
    viewHelpers({
      locale: 'fr',
      timeZone: 'UTC',
      now: () => new Date(0),
      t: (key) => key,
      asset: (path) => path,
      path: '/',
      query: {},
      csrf: '',
      errors: {},
      old: {},
    })
  )
)

/** An own property by its dotted path; never one that an object inherits */
export function pick(from: unknown, path: string): unknown {
  let value: unknown = from
  for (const key of String(path).split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** JSON for a data attribute: bigint as text, and nothing that ends a script */
function json(value: unknown): string {
  const text = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item))
  return (text ?? 'null').replaceAll('<', '\\u003c')
}

/** The name of an input as an id: `settings[host]` is `settings-host` */
function domId(name: string): string {
  return String(name)
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
}

/** Figures stand on the right */
function alignOf(column: { kind?: string; align?: string }): string | null {
  return column.align === 'end' || NUMERIC.has(column.kind) ? 'text-end' : null
}

/** Whether a cell has nothing to show: on a telephone its line is left out */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** Whether a value is, or is in, what was chosen; compared as text, as forms do */
function listed(value: unknown, chosen: unknown): boolean {
  const list = Array.isArray(chosen) ? chosen : [chosen]
  return list.some((item) => item !== null && item !== undefined && String(item) === String(value))
}

/** `settings[host]` as `settings.host`, which is how errors and old input are found */
function dotted(name: string): string {
  return String(name)
    .replace(/\[(\w*)\]/g, '.$1')
    .replace(/\.+$/, '')
}
