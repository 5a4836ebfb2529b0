/** Properties that a mail may set, by how their names begin: shape, colour and place of what is shown */
const PROPERTY =
  /^(?:-(?:webkit|moz|ms|o)-)?(?:align|all|animation|appearance|aspect-ratio|backface|background|border|bottom|box|break|caption|caret|clear|clip|color|column|content$|cursor|direction|display|empty-cells|filter|flex|float|font|gap|grid|height|hyphens|image-rendering|inset|interpolation-mode|justify|left|letter-spacing|line|list-style|margin|max-|min-|mix-blend|mso-|object-|opacity|order|orphans|outline|overflow|padding|page|place-|position|quotes|resize|right|row-gap|size|src|tab-size|table-layout|tap-highlight|text|top|transform|transition|unicode|user-select|v-text-anchor|vertical-align|visibility|white-space|widows|width|word|writing-mode|zoom|z-index)/
/** Values of these would be taken for more than looks */
const NOT_A_PROPERTY = /binding|behaviou?r/
const FUNCTIONS = new Set([
  'url',
  'format',
  'local',
  'rgb',
  'rgba',
  'hsl',
  'hsla',
  'calc',
  'min',
  'max',
  'clamp',
  'var',
  'linear-gradient',
  'radial-gradient',
  'repeating-linear-gradient',
  'conic-gradient',
  'translate',
  'translatex',
  'translatey',
  'scale',
  'scalex',
  'scaley',
  'rotate',
  'skew',
  'matrix',
  'blur',
  'brightness',
  'contrast',
  'grayscale',
  'invert',
  'opacity',
  'saturate',
  'sepia',
  'drop-shadow',
  'cubic-bezier',
  'steps',
  'repeat',
  'minmax',
  'rect',
  'inset',
  'circle',
  'ellipse',
  'polygon',
  'not',
  'is',
  'where',
  'has',
  'nth-child',
  'nth-of-type',
  'nth-last-child',
  'lang',
  'alpha',
])
/** Rules that hold declarations or other rules and fetch nothing: not `@import` */
const AT_RULE =
  /^@(?:media|supports|font-face|keyframes|-webkit-keyframes|page|-ms-viewport|viewport)\b/i
const PICTURE =
  /^(?:https?:|cid:|data:(?:image\/(?:png|gif|jpe?g|webp)|font\/[\w-]+|application\/(?:x-)?font[\w-]*)[;,])/i

/**
 * The declarations of a `style` attribute that say how something looks. What is not known is left out; nothing is repaired.
 */
export function cleanDeclarations(css: string): string {
  const { statements, rest } = split(plain(css))
  return [...statements.map(({ text }) => text), rest]
    .filter((text) => text.trim() !== '' && isDeclaration(text))
    .join(';')
}

/** A style sheet with the rules and declarations that are known: no imports, no scripts, no way out of the element */
export function cleanStyleSheet(css: string): string {
  const { statements, rest } = split(plain(css))
  const out: string[] = []
  /** Depth at which a rule that is left out began */
  let depth = 0
  let left = -1
  for (const { text, end } of statements) {
    if (end === '{') {
      if (left < 0 && !isPrelude(text)) left = depth
      if (left < 0) out.push(text, '{')
      depth += 1
    } else {
      if (left < 0 && text.trim() !== '' && depth > 0 && isDeclaration(text)) out.push(text, ';')
      if (end === '}' && depth > 0) {
        depth -= 1
        if (left === depth) left = -1
        else if (left < 0) out.push('}')
      }
    }
  }
  if (left < 0 && depth > 0 && rest.trim() !== '' && isDeclaration(rest)) out.push(rest)
  if (left >= 0) depth = left
  return out.join('') + '}'.repeat(depth)
}

/** Without comments, which can stand in the middle of a word, and without what ends an element of HTML */
const plain = (css: string): string => {
  const parts: string[] = []
  let at = 0
  for (;;) {
    const from = css.indexOf('/*', at)
    if (from < 0) break
    parts.push(css.slice(at, from))
    const end = css.indexOf('*/', from + 2)
    at = end < 0 ? css.length : end + 2
  }
  return (parts.join('') + css.slice(at)).replace(/<!--|-->/g, '').replace(/[<\u0000]/g, '')
}

type Statement = { readonly text: string; readonly end: '{' | '}' | ';' }

/** Cuts at `{`, `}` and `;` outside of quotes and brackets. Each character is looked at once */
function split(css: string): { statements: Statement[]; rest: string } {
  const statements: Statement[] = []
  let from = 0
  let quote = ''
  let brackets = 0
  for (let at = 0; at < css.length; at++) {
    const character = css[at]
    if (quote !== '') {
      if (character === '\\') at += 1
      else if (character === quote || character === '\n') quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '(') brackets += 1
    else if (character === ')') brackets = Math.max(0, brackets - 1)
    else if (character === '{' || character === '}' || (character === ';' && brackets === 0)) {
      statements.push({ text: css.slice(from, at), end: character })
      from = at + 1
      brackets = 0
    }
  }
  return { statements, rest: css.slice(from) }
}

function isPrelude(text: string): boolean {
  const selector = text.trim()
  return (selector.startsWith('@') ? AT_RULE.test(selector) : true) && hasKnownFunctions(selector)
}

function isDeclaration(text: string): boolean {
  const colon = text.indexOf(':')
  if (colon < 0) return false
  const name = text.slice(0, colon).trim().toLowerCase()
  if (!/^-{0,2}[a-z][a-z0-9-]*$/.test(name)) return false
  if (!name.startsWith('--') && (!PROPERTY.test(name) || NOT_A_PROPERTY.test(name))) return false
  return hasKnownFunctions(text.slice(colon + 1))
}

/** Functions that are known, and addresses of pictures and fonts. An escape could spell any of them otherwise: only that of old Outlook, `\9`, stays */
function hasKnownFunctions(value: string): boolean {
  if (/\\(?!9(?![0-9a-f])|[\s.:/])/i.test(value)) return false
  if (/(?:java|vb)script\s*:|expression/i.test(value)) return false
  for (const [, name] of value.matchAll(/(@?[\w-]+)\(/g))
    if (!name.startsWith('@') && !FUNCTIONS.has(name.toLowerCase())) return false
  if (/@import|image-set/i.test(value)) return false
  for (const [, address] of value.matchAll(/url\s*\(([^)]*)/gi)) {
    const bare = address
      .trim()
      .replace(/^["']|["']$/g, '')
      .replace(/[\u0000-\u0020]/g, '')
    if (/^[a-z][a-z0-9+.-]*:/i.test(bare) && !PICTURE.test(bare)) return false
  }
  return true
}
