import { test } from '@japa/runner'
import { readSchemaForm } from '#core/http/forms/read_schema_form'
import { schemaFields, type FormSchema } from '#core/http/forms/schema_fields'

const schema: FormSchema = {
  type: 'object',
  required: ['host', 'password'],
  properties: {
    host: { type: 'string', title: { fr: 'Hôte', en: 'Host' } },
    port: { type: 'integer', minimum: 1 },
    password: { type: 'string', secret: true },
    tls: { type: 'boolean' },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    domains: { type: 'array', items: { type: 'string' } },
    days: { type: 'array', items: { type: 'string', enum: ['mon', 'tue'] } },
    limits: { type: 'object', properties: { per_second: { type: 'number' } } },
    routes: {
      type: 'array',
      items: { type: 'object', required: ['prefix'], properties: { prefix: { type: 'string' } } },
    },
    odd: {},
  },
}

test.group('Schema form', () => {
  test('lays a schema out as fields in its order', ({ assert }) => {
    const lines = schemaFields({ schema, values: {}, name: 'settings', locale: 'fr' })
    const fields = lines.flatMap((line) =>
      line.kind === 'field' ? [[line.props.name, line.props.type]] : [line.kind]
    )
    assert.deepEqual(fields, [
      ['settings[host]', 'text'],
      ['settings[port]', 'number'],
      ['settings[password]', 'password'],
      ['settings[tls]', 'switch'],
      ['settings[note]', 'text'],
      ['settings[domains]', 'lines'],
      ['settings[days]', 'checkboxes'],
      'group',
      ['settings[limits][per_second]', 'number'],
      'end',
      'group',
      'group',
      ['settings[routes][0][prefix]', 'text'],
      'end',
      'end',
      'json',
    ])
  })

  test('never shows a secret, and does not ask again for one that is stored', ({ assert }) => {
    const lines = schemaFields({
      schema,
      values: { password: 'hunter2' },
      kept: ['password'],
      locale: 'fr',
    })
    assert.notInclude(JSON.stringify(lines), 'hunter2')
    const password = lines.find((line) => line.kind === 'field' && line.props.name === 'password')
    assert.isTrue(password?.kind === 'field' && password.props.kept && !password.props.required)
  })

  test('does not require anything of the spare entry of a list', ({ assert }) => {
    const lines = schemaFields({ schema, values: { routes: [{ prefix: '+225' }] }, locale: 'fr' })
    const prefixes = lines.flatMap((line) =>
      line.kind === 'field' && line.props.name.includes('prefix') ? [line.props.required] : []
    )
    assert.deepEqual(prefixes, [true, false])
  })

  for (const strange of [
    {},
    { type: 'object' },
    { properties: { a: { widget: 'hologram' } } },
    { properties: { a: { type: 'array' } } },
    { properties: { a: { anyOf: [{}, {}] } } },
  ]) {
    test(`does not fail on ${JSON.stringify(strange)}`, ({ assert }) => {
      assert.isArray(
        schemaFields({ schema: strange as FormSchema, values: { a: [1n] }, locale: 'fr' })
      )
    })
  }

  test('reads back what a browser sends', ({ assert }) => {
    const sent = {
      host: 'smtp.example.ci',
      port: '587',
      password: null,
      note: '',
      domains: 'a.ci\r\n\r\n b.ci ',
      days: ['mon'],
      limits: { per_second: '12,5' },
      routes: { 0: { prefix: '+225' }, 1: { prefix: null } },
    }
    assert.deepEqual(
      readSchemaForm(schema, sent, { current: { password: 'kept', odd: { a: 1 } } }),
      {
        host: 'smtp.example.ci',
        port: 587,
        password: 'kept',
        tls: false,
        domains: ['a.ci', 'b.ci'],
        days: ['mon'],
        limits: { per_second: 12.5 },
        routes: [{ prefix: '+225' }],
        odd: { a: 1 },
      }
    )
  })
})
