/*
| What the HTML of clients may consist of: one list, for HTML templates, for what MJML writes, for previews and the web view. Mail programs ignore
| most of the rest, and a browser would run some of it.
*/
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean))

/** Elements that stay. Of others the tags go and the content stays */
export const ELEMENTS = words(`
  html head title meta style body
  a abbr acronym address area article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn dir div dl dt em
  figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd label li main map mark menu nav nobr ol p pre q rp rt ruby s samp section
  small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
`)

/** Of these the content goes too: it is no text, or is read otherwise by a browser than here */
export const DROPPED_WHOLE = words(`
  script iframe frameset object embed applet noembed noframes template svg math select textarea xmp plaintext listing video audio canvas
`)

/** Elements of VML and of Office, in conditional comments alone: Outlook draws round buttons and backgrounds with them */
const OFFICE =
  /^(?:v:(?:rect|roundrect|oval|line|shape|shapetype|fill|stroke|textbox|image|imagedata|background|group|path|formulas|f)|w:(?:anchorlock|worddocument|donotoptimizeforbrowser)|o:(?:p|officedocumentsettings|allowpng|pixelsperinch|lock)|xml)$/

export const isOffice = (tag: string): boolean => OFFICE.test(tag)

/** Attributes that any element may have */
const ATTRIBUTES = words(`
  abbr align alink alt aria-describedby aria-hidden aria-label aria-labelledby aria-level aria-roledescription axis bgcolor border bordercolor cellpadding
  cellspacing char class clear color cols colspan compact coords datetime dir face frame frameborder headers height hidden hspace id lang leftmargin
  link marginheight marginwidth name noshade nohref nowrap open rel reversed role rowspan rules scope shape size span start style summary tabindex target text
  title topmargin translate type usemap valign value vlink vspace width xml:lang
  href src background cite longdesc
`)
const OFFICE_ATTRIBUTES = words(`
  adj angle arcsize aspect color2 colors coordorigin coordsize fill fillcolor filled focus focusposition focussize from inset method opacity origin path
  position spid stroke strokecolor stroked strokeweight to weight
`)

/** Attributes that hold an address, and where it may lead */
const LINKS = words('http https mailto tel sms geo whatsapp')
const PICTURES = words('http https cid')
const ADDRESSES: Readonly<Record<string, ReadonlySet<string>>> = {
  href: LINKS,
  cite: LINKS,
  longdesc: LINKS,
  src: PICTURES,
  background: PICTURES,
}

export function isAllowedAttribute(name: string, office: boolean): boolean {
  if (ATTRIBUTES.has(name) || /^data-[a-z0-9-]+$/.test(name)) return true
  /** Namespaces stand on `html`, too, for Outlook; a browser reads nothing into them */
  if (/^xmlns(?::[vow])?$/.test(name)) return true
  return office && (OFFICE_ATTRIBUTES.has(name) || /^[vow]:[a-z]+$/.test(name))
}

/** Elements whose `href` people follow */
export const isLink = (tag: string): boolean =>
  tag === 'a' || tag === 'area' || tag.startsWith('v:')

/** The value of an attribute, when it leads nowhere that it may not; `#` instead of an address that would */
export function safeValue(name: string, value: string): string {
  const schemes = Object.hasOwn(ADDRESSES, name) ? ADDRESSES[name] : null
  if (schemes === null) return value
  /** As a browser reads it: without controls and blanks, which can stand inside a scheme */
  const bare = value.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]/g, '')
  const scheme = /^([^/?#:]*):/.exec(bare)?.[1].toLowerCase()
  if (scheme === undefined || schemes.has(scheme)) return value
  if (schemes === PICTURES && /^data:image\/(?:png|gif|jpe?g|webp)[;,]/i.test(bare)) return value
  return '#'
}

/** Of `meta` only the character set and the width of the screen; one that says the character set in the old way says it in the new one */
export function safeMeta(
  attributes: ReadonlyMap<string, string>
): Readonly<Record<string, string>> | null {
  const equivalent = attributes.get('http-equiv')?.trim().toLowerCase()
  if (attributes.has('charset') || equivalent === 'content-type') return { charset: 'utf-8' }
  const content = attributes.get('content') ?? ''
  if (attributes.get('name')?.trim().toLowerCase() === 'viewport' && /^[\w\s=.,;-]*$/.test(content))
    return { name: 'viewport', content }
  return null
}
