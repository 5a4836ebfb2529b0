/** MJML elements whose content is kept as it stands; everywhere else loose text is dropped */
const KEEPS_CONTENT = new Set([
  'mj-text',
  'mj-button',
  'mj-table',
  'mj-raw',
  'mj-style',
  'mj-title',
  'mj-preview',
  'mj-accordion-title',
  'mj-accordion-text',
  'mj-navbar-link',
  'mj-social-element',
])

/**
 * Wraps Liquid tags that stand between MJML elements, as in `{% if %}<mj-text>…</mj-text>{% endif %}`, in `mj-raw`: MJML
 * would drop them silently.
 */
export function wrapLooseLiquid(mjml: string): string {
  const open: string[] = []
  return mjml.replace(
    /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)(?:"[^"]*"|'[^']*'|[^>"'])*?(\/?)>|\{%[\s\S]*?%\}/g,
    (
      match,
      closing: string | undefined,
      name: string | undefined,
      selfClosing: string | undefined
    ) => {
      if (match.startsWith('<!--')) return match
      if (match.startsWith('{%')) {
        const inside = open.at(-1)
        return inside === undefined ||
          open.some((tag) => KEEPS_CONTENT.has(tag)) ||
          inside === 'mj-head' ||
          inside === 'mj-attributes'
          ? match
          : `<mj-raw>${match}</mj-raw>`
      }
      if (closing) {
        const at = open.lastIndexOf(name ?? '')
        if (at >= 0) open.length = at
      } else if (!selfClosing && name) {
        open.push(name)
      }
      return match
    }
  )
}
