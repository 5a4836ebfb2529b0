/** Units of the drawing */
const WIDTH = 1180
const LABEL = 130
const BOX = 250
const GAP = 10
const LINE = 15
/** Characters of small text that fit into a box */
const FITS = 40

type Table = {
  readonly name: string
  readonly columns: number
  readonly refersTo: readonly string[]
}

/**
 * Draws the tables of a schema by owner, in the order of the house: each with how many columns it has and the tables that its foreign
 * keys refer to. `docs/images/schema.svg` is this picture; a test compares them.
 *
 * @param o.schema the text of `database/schema.sql`
 * @param o.owners the domain of each table and view
 * @param o.domains all domains, ground floor first
 * @returns an SVG document
 * @throws Error naming a table that nobody owns
 */
export function drawSchema(o: {
  schema: string
  owners: Readonly<Record<string, string>>
  domains: readonly string[]
}): string {
  const tables = tablesOf(o.schema)
  const homeless = tables.find(({ name }) => !o.owners[name])
  if (homeless) throw new Error(`${homeless.name} has no owner: see database/owners.ts`)

  const perRow = Math.floor((WIDTH - LABEL) / (BOX + GAP))
  const drawn: string[] = []
  let y = GAP
  for (const domain of o.domains) {
    const own = tables.filter(({ name }) => o.owners[name] === domain)
    if (own.length === 0) continue
    const top = y
    for (let at = 0; at < own.length; at += perRow) {
      const row = own.slice(at, at + perRow).map(linesOf)
      const height = 14 + LINE * Math.max(...row.map((lines) => lines.length))
      drawn.push(...row.map((lines, n) => box({ x: LABEL + n * (BOX + GAP), y, height, lines })))
      y += height + GAP
    }
    drawn.push(
      `<text x="10" y="${top + 19}" class="owner">${domain}</text>`,
      `<path d="M10 ${y} H${WIDTH - 10}" class="floor"/>`
    )
    y += GAP
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12">
<title>Tables by owner</title>
<style>.owner{font-weight:700;font-size:13px;fill:#7a2a63}.name{font-weight:600}.box{fill:#fff;stroke:#8c93a8}.floor{stroke:#d9dbe3}.small{fill:#4a5168;font-size:11px}</style>
<rect width="${WIDTH}" height="${y}" fill="#f6f5f2"/>
${drawn.join('\n')}
</svg>
`
}

function tablesOf(schema: string): Table[] {
  return [...schema.matchAll(/^create (table|view) (\w+)([\s\S]*?);$/gm)].map(
    ([, kind, name, body]) => ({
      name,
      columns: kind === 'view' ? 0 : [...body.matchAll(/^ {2}(?!constraint )\w+ /gm)].length,
      refersTo: [...new Set([...body.matchAll(/REFERENCES (\w+)/g)].map((match) => match[1]))]
        .filter((other) => other !== name)
        .sort(),
    })
  )
}

/** The first line is the table's name */
function linesOf(table: Table): string[] {
  const words = [
    table.columns === 0 ? 'a view' : `${table.columns} columns`,
    ...table.refersTo.map((other) => `→ ${other}`),
  ]
  const lines = [table.name]
  for (const word of words) {
    const last = lines.length > 1 ? lines[lines.length - 1] : undefined
    if (last !== undefined && last.length + word.length + 2 <= FITS)
      lines[lines.length - 1] = `${last}  ${word}`
    else lines.push(word)
  }
  return lines
}

function box(o: { x: number; y: number; height: number; lines: readonly string[] }): string {
  const texts = o.lines.map(
    (line, n) =>
      `<text x="${o.x + 8}" y="${o.y + 18 + n * LINE}" class="${n === 0 ? 'name' : 'small'}">${line}</text>`
  )
  return `<rect x="${o.x}" y="${o.y}" width="${BOX}" height="${o.height}" rx="4" class="box"/>${texts.join('')}`
}
