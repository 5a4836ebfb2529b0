import { readFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import { compileContent } from '#core/content/message/compile_content'
import { compileTemplate } from '#core/content/templates/compile_template'
import { freezeHtml } from '#core/content/html/freeze_html'
import { previewTemplate } from '#core/content/templates/preview_template'
import { STARTERS } from '#core/content/templates/starter_templates'

const newsletter = () => readFile(new URL('../fixtures/newsletter.mjml', import.meta.url), 'utf8')
const variables = (contact: Record<string, unknown>) => ({
  contact,
  account: { name: 'Marché', address: 'Abidjan' },
  campaign: { name: 'C', subject: 'Offres' },
  links: {
    unsubscribe: 'https://g.test/u',
    web_view: 'https://g.test/w',
    preferences: 'https://g.test/p',
    consent: 'https://g.test/p',
  },
  tracking: {
    link: (index: number) => `https://g.test/c/${index}`,
    pixel: 'https://g.test/o.gif',
    hidden: 'https://g.test/c/hidden',
  },
})

test.group('compileTemplate', () => {
  test('compiles the newsletter with its Liquid intact', async ({ assert }) => {
    const { html, text } = await compileTemplate({ format: 'mjml', source: await newsletter() })
    assert.include(html ?? '', '{% if contact.note == "VIP" %}')
    assert.include(html ?? '', 'offres?ville={{ contact.city | url_encode }}')
    assert.include(text, '{{ contact.first_name | default: "cher client" }}')
    assert.notInclude(text, '<')
  })

  test('sends no indentation along, but where white space is shown', async ({ assert }) => {
    const letter = (inside: string) =>
      `<mjml><mj-body><mj-section><mj-column><mj-text>${inside}</mj-text></mj-column></mj-section></mj-body></mjml>`
    const plain = await compileTemplate({ format: 'mjml', source: letter('un\n   deux\u00a0!') })
    assert.include(plain.html ?? '', 'un\ndeux\u00a0!')
    assert.notMatch(plain.html ?? '', /\n[ \t\r\n]/)
    for (const shown of [
      '<pre>un\n   deux</pre>',
      '<p style="white-space: pre-wrap">un\n   deux</p>',
    ]) {
      const { html } = await compileTemplate({ format: 'mjml', source: letter(shown) })
      assert.include(html ?? '', 'un\n   deux')
    }
  })

  test('writes to each person what is theirs', async ({ assert }) => {
    const compiled = await compileTemplate({ format: 'mjml', source: await newsletter() })
    const frozen = await freezeHtml(compiled.html ?? '')
    assert.deepEqual(
      [...frozen.links],
      [
        'https://shop.example.com/offres?ville={{ contact.city | url_encode }}',
        'https://shop.example.com/p/attieke',
        'https://shop.example.com/p/bissap',
      ]
    )

    const content = compileContent({
      parts: {
        html: { as: 'frozen', source: frozen.html },
        text: { as: 'text', source: compiled.text },
      },
    })
    const vip = content.render(
      variables({ first_name: 'Awa', city: 'Bobo-Dioulasso', note: 'VIP' })
    )
    const other = content.render(variables({ city: 'Lomé', note: '=1+1' }))
    assert.include(vip.html ?? '', 'vous êtes VIP')
    assert.notInclude(other.html ?? '', 'vous êtes VIP')
    assert.include(other.html ?? '', 'Bonjour cher client,')
    assert.include(vip.html ?? '', 'href="https://g.test/c/0"')
    assert.include(vip.html ?? '', 'href="https://g.test/u"')
    assert.notInclude(vip.html ?? '', 'shop.example.com/p/')
    assert.include(vip.html ?? '', 'https://g.test/o.gif')
  })

  test('renders 3,000 newsletters a second and none fails', async ({ assert }) => {
    const compiled = await compileTemplate({ format: 'mjml', source: await newsletter() })
    const frozen = await freezeHtml(compiled.html ?? '')
    const content = compileContent({ parts: { html: { as: 'frozen', source: frozen.html } } })
    const person = variables({ first_name: 'Awa', city: 'Abidjan', note: 'VIP' })
    for (let warm = 0; warm < 300; warm++) content.render(person)
    const before = process.cpuUsage()
    for (let message = 0; message < 3_000; message++) content.render(person)
    const { user, system } = process.cpuUsage(before)
    assert.isBelow(
      (user + system) / 1_000,
      1_500,
      'milliseconds of CPU for 3,000 messages, with room for a busy machine'
    )
  })

  test('refuses marks of ours that somebody writes into a template, as any unknown tag')
    .with(['{% tracked_link 0 %}', '{% tracked_link 400000000 %}', '{% tracking_marks %}'])
    .run(async ({ assert }, mark) => {
      for (const format of ['html', 'text'] as const)
        await assert.rejects(
          () => compileTemplate({ format, source: `<p>${mark}</p>` }),
          /not found/
        )
    })

  test('names the line of a mistake in {0}')
    .with([
      [
        'mjml',
        '<mjml>\n<mj-body>\n<mj-section><mj-nope></mj-nope></mj-section>\n</mj-body></mjml>',
        3,
      ],
      ['html', '<p>a</p>\n\n<p>{{ contact.x | nope }}</p>', 3],
      ['text', 'a\n{% if %}', 2],
    ] as const)
    .run(async ({ assert }, [format, source, line]) => {
      try {
        await compileTemplate({ format, source })
        assert.fail('the template was taken')
      } catch (error) {
        const { translation, field } = error as {
          translation: { data: { line: number } }
          field: string
        }
        assert.equal(translation.data.line, line)
        assert.equal(field, 'source')
      }
    })

  test('removes what runs from {$self}')
    .with([
      '<p onclick="x()">a</p>',
      '<script>alert(1)</script>',
      '<script/x>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '<svg onload=alert(1)></svg>',
      '<iframe src="https://x"></iframe>',
      '<form action="https://x"><input name=a></form>',
      '<object data=x></object><embed src=x>',
      '<base href="https://x">',
      '<meta http-equiv="Refresh" content="0;url=https://x">',
      '<a href="java\nscript:alert(1)">x</a>',
      '<a href=" javascript:alert(1)">x</a>',
      '<a href="&#106;avascript:alert(1)">x</a>',
      '<a href="data:text/html,x">x</a>',
      '<math><a xlink:href="javascript:1">x</a></math>',
      '<p oNcLiCk=x>a</p>',
    ])
    .run(async ({ assert }, source) => {
      const { html } = await compileTemplate({ format: 'html', source })
      assert.notMatch(
        html ?? '',
        /<script[\s/>]|<svg|<iframe|<form|<object|<embed|<base|http-equiv="?refresh|\son\w+=|javascript:|data:text/i
      )
    })

  test('keeps conditional comments and Liquid between the rows of a table', async ({ assert }) => {
    const source =
      '<!--[if mso]><table><tr><td><![endif]--><table>{% if contact.vip %}<tr><td>a</td></tr>{% endif %}</table><!--[if mso]></td></tr></table><![endif]-->'
    assert.equal((await compileTemplate({ format: 'html', source })).html, source)
  })

  test('reads no file for mj-include', async ({ assert }) => {
    try {
      const { html } = await compileTemplate({
        format: 'mjml',
        source: '<mjml><mj-body><mj-include path="./package.json" /></mj-body></mjml>',
      })
      assert.notInclude(html ?? '', 'griot')
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'E_TEMPLATE_INVALID')
    }
  })

  test('keeps a text written by hand', async ({ assert }) => {
    const { text } = await compileTemplate({
      format: 'html',
      source: '<p>long</p>',
      text: 'court {{ contact.first_name }}',
    })
    assert.equal(text, 'court {{ contact.first_name }}')
  })

  test('begins with examples that are in order: {$self}')
    .with(['mjml', 'html', 'text'] as const)
    .run(async ({ assert }, format) => {
      const preview = await previewTemplate({
        account: { id: '00000000-0000-0000-0000-000000000000', name: 'Marché', address: 'Abidjan' },
        format,
        source: STARTERS[format],
        contactId: null,
      })
      assert.include(preview.text, 'Bonjour Awa')
    })
})
