import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from '@japa/runner'
import { drawSchema } from '#core/database/schema/draw_schema'
import { TABLE_OWNERS } from '#database/owners'

const ROOT = new URL('../../../../', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8')
const domains = createRequire(import.meta.url)('../../../../core/domains.cjs') as readonly string[]

test.group('The picture of the schema', () => {
  test('is that of the schema and its owners', ({ assert }) => {
    const drawn = drawSchema({ schema: read('database/schema.sql'), owners: TABLE_OWNERS, domains })
    assert.equal(
      read('docs/images/schema.svg'),
      drawn,
      'docs/images/schema.svg is not the schema: run ./ace schema:write'
    )
    for (const table of Object.keys(TABLE_OWNERS))
      if (table !== 'adonis_schema') assert.include(drawn, `>${table}<`)
  })

  test('has owners ground floor first, columns and references', ({ assert }) => {
    const schema = `create table dishes (
  id integer not null,
  cook_id integer,
  constraint dishes_cook FOREIGN KEY (cook_id) REFERENCES cooks(id)
);

create table cooks (
  id integer not null
);
`
    const drawn = drawSchema({
      schema,
      owners: { dishes: 'kitchen', cooks: 'staff' },
      domains: ['staff', 'kitchen'],
    })
    assert.isBelow(drawn.indexOf('>staff<'), drawn.indexOf('>kitchen<'))
    assert.include(drawn, '>2 columns  → cooks<')
    assert.throws(
      () => drawSchema({ schema, owners: { cooks: 'staff' }, domains: ['staff'] }),
      /dishes/
    )
  })
})
