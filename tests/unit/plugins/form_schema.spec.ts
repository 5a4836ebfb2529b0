import { test } from '@japa/runner'
import vine from '@vinejs/vine'
import { formSchema } from '#core/plugins/hosts/form_schema'

test.group('Form of a schema', () => {
  test('takes hints for descriptions and a map of options for a list', ({ assert }) => {
    const schema = vine.create({
      mode: vine.enum(['none', 'tls'] as const).meta({
        title: { fr: 'Mode', en: 'Mode' },
        hint: { fr: 'Lequel', en: 'Which' },
        options: { none: { fr: 'Aucun', en: 'None' }, tls: { fr: 'TLS', en: 'TLS' } },
      }),
    })
    assert.deepEqual(formSchema(schema.toJSONSchema()).properties?.mode, {
      enum: ['none', 'tls'],
      title: { fr: 'Mode', en: 'Mode' },
      description: { fr: 'Lequel', en: 'Which' },
      options: [
        { value: 'none', label: { fr: 'Aucun', en: 'None' } },
        { value: 'tls', label: { fr: 'TLS', en: 'TLS' } },
      ],
    } as never)
  })
})
