import { test } from '@japa/runner'
import type { FormSchema } from '#core/http/forms/schema_fields'
import { schemaFacts } from '#core/http/forms/schema_facts'
import { prefilled, templateField } from '#core/http/forms/schema_roles'

const schema: FormSchema = {
  type: 'object',
  required: ['headline', 'goal', 'budget', 'places', 'template_id'],
  properties: {
    headline: { type: 'string', title: { fr: 'Titre', en: 'Headline' } },
    goal: {
      type: 'string',
      title: { fr: 'But', en: 'Goal' },
      options: [{ value: 'visits', label: { fr: 'Des visites', en: 'Visits' } }],
    },
    budget: {
      type: 'number',
      title: { fr: 'Budget', en: 'Budget' },
      unit: { fr: 'par jour', en: 'a day' },
    },
    places: {
      type: 'array',
      items: { type: 'string' },
      title: { fr: 'Villes', en: 'Cities' },
    },
    measured: { type: 'boolean', title: { fr: 'Mesuré', en: 'Measured' } },
    remark: { type: 'string', title: { fr: 'Remarque', en: 'Remark' } },
    key: { type: 'string', secret: true, title: { fr: 'Clé', en: 'Key' } },
    signed: { type: 'string', prefill: 'account_name' },
    template_id: { type: 'string', widget: 'template', title: { fr: 'Modèle', en: 'Template' } },
  },
}

const facts = (locale: string, values: Record<string, unknown>) =>
  schemaFacts({
    schema,
    values,
    locale,
    templates: [{ value: 't1', label: 'Offres' }],
    words: { yes: 'oui', no: 'non' },
  })

test.group('What was answered to a form', () => {
  test('is told in words, in the language of whoever reads', ({ assert }) => {
    const values = {
      headline: 'Soldes',
      goal: 'visits',
      budget: 2_000,
      places: ['Abidjan', 'Bouaké'],
      measured: true,
      key: 'geheim',
      template_id: 't1',
    }
    assert.deepEqual(facts('fr', values), [
      { label: 'Titre', value: 'Soldes' },
      { label: 'But', value: 'Des visites' },
      { label: 'Budget', value: '2000 par jour' },
      { label: 'Villes', value: 'Abidjan, Bouaké' },
      { label: 'Mesuré', value: 'oui' },
      { label: 'Modèle', value: 'Offres' },
    ])
    assert.deepInclude(facts('en', values), { label: 'Goal', value: 'Visits' })
  })

  test('names what is still to be answered, and leaves out what may stay empty', ({ assert }) => {
    assert.deepEqual(
      facts('fr', {}).filter((fact) => fact.value === ''),
      [
        { label: 'Titre', value: '' },
        { label: 'But', value: '' },
        { label: 'Budget', value: '' },
        { label: 'Villes', value: '' },
        { label: 'Modèle', value: '' },
      ]
    )
  })

  test('says which field asks for a template, and what a form offers at first', ({ assert }) => {
    assert.equal(templateField(schema), 'template_id')
    assert.isNull(templateField({ type: 'object', properties: {} }))
    assert.deepEqual(prefilled(schema, { accountName: 'Marché' }), { signed: 'Marché' })
  })
})
