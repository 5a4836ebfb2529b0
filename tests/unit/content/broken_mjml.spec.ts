import { test } from '@japa/runner'
import { compileTemplate } from '#core/content/templates/compile_template'
import { TemplateInvalidError } from '#core/content/errors'

const letter = (inside: string) =>
  `<mjml>\n  <mj-body>\n    <mj-section>\n      <mj-column>\n${inside}\n      </mj-column>\n    </mj-section>\n  </mj-body>\n</mjml>`

test.group('Broken MJML', () => {
  test('is refused with the line of its source: {reason} {line}')
    .with([
      {
        source: letter('<mj-button href="https://example.org/">Voir'),
        reason: 'mjml_open',
        line: 5,
      },
      {
        source: letter('<mj-button href="https://example.org/">Voir</mj-buton>'),
        reason: 'mjml_open',
        line: 5,
      },
      {
        source: letter(
          '<mj-text>a</mj-text>\n<mj-button href="https://example.org/>Voir</mj-button>'
        ),
        reason: 'mjml_quote',
        line: 6,
      },
      {
        source: letter('<mj-text>a\n<mj-button href="https://example.org/">Voir</mj-button>'),
        reason: 'mjml_open',
        line: 5,
      },
      { source: letter('</mj-text>'), reason: 'mjml_closing', line: 5 },
      {
        source: letter('\n\n<mj-buton href="https://example.org/">Voir</mj-buton>'),
        reason: 'mjml',
        line: 7,
      },
      { source: letter('<mj-text>{% if contact.a %}</mj-text>'), reason: 'tag_open', line: 5 },
      {
        source: letter(
          '<mj-text>{{ contact.city\n | upcase }}</mj-text>\n<mj-text>{{ contact.a | nope }}</mj-text>'
        ),
        reason: 'filter_unknown',
        line: 7,
      },
      {
        source: letter('<mj-text>a</mj-text>').replace('</mj-section>', ''),
        reason: 'mjml_open',
        line: 3,
      },
      { source: '<p>a</p>', reason: 'mjml_missing', line: 1 },
    ])
    .run(async ({ assert }, { source, reason, line }) => {
      try {
        await compileTemplate({ format: 'mjml', source })
        assert.fail('it was taken')
      } catch (error) {
        assert.instanceOf(error, TemplateInvalidError)
        const { refusal } = error as TemplateInvalidError
        assert.deepEqual([refusal.reason, refusal.line], [reason, line])
      }
    })

  test('is not what people write rightly', async ({ assert }) => {
    const { html } = await compileTemplate({
      format: 'mjml',
      source: letter(
        '{% if contact.city %}<mj-text>a < b <br> <b>c</mj-text>{% else %}<mj-button href="https://example.org/{{ contact.city | replace: ">", "<" }}">Voir</mj-button>{% endif %}\n<mj-divider />\n<mj-image src="https://example.org/a.png" alt="" />'
      ),
    })
    assert.include(html ?? '', 'Voir')
    assert.include(html ?? '', '{% endif %}')
  })
})
