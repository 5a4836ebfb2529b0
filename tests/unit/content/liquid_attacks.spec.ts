import { test } from '@japa/runner'
import { compileContent } from '#core/content/message/compile_content'
import { compileTemplate } from '#core/content/templates/compile_template'
import { renderLine } from '#core/content/liquid/render_line'

const variables = (contact: Record<string, unknown>) => ({
  contact,
  account: { name: 'Marché & Fils', address: 'Abidjan' },
  campaign: { name: 'C', subject: 'S' },
  links: {
    unsubscribe: 'https://g.test/u',
    web_view: 'https://g.test/w',
    preferences: 'https://g.test/p',
    consent: 'https://g.test/p',
  },
  tracking: { link: (index: number) => `https://g.test/c/${index}`, pixel: null, hidden: null },
})

async function shown(source: string, contact: Record<string, unknown> = {}): Promise<string> {
  const { html } = await compileTemplate({ format: 'html', source })
  return (
    compileContent({ parts: { html: { as: 'html', source: html ?? '' } } }).render(
      variables(contact)
    ).html ?? ''
  )
}

const HOSTILE = '<script>alert(1)</script>'

test.group('Liquid of clients', () => {
  test('refuses {$self}')
    .with([
      '{% render "x" %}',
      '{% include "/etc/passwd" %}',
      '{% layout "x" %}',
      '{{ contact.note | raw }}',
      '{{ contact.note | nope }}',
      '{% nope %}',
      '{% if %}',
      '{% for i in (1..1000000000) %}x{% endfor %}',
      '{% for i in (1..100000) %}{% for j in (1..100000) %}{% endfor %}{% endfor %}',
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
      '{{ "now" | date: "%99999999Y" }}',
      '{% tablerow i in (1..1000000) %}{% endtablerow %}',
      '{% raw %}{{ <script>alert(1)</script> }}{% endraw %}',
      `{{ '}}<a alt="{{' }}<img src=x onerror=alert(1)>">x</a>`,
      `{{ &quot;}}<a alt="{{&quot; }}<img src=x onerror=alert(1)>">x</a>`,
    ])
    .run(async ({ assert }, source) => {
      await assert.rejects(() => compileTemplate({ format: 'html', source: `<p>${source}</p>` }))
    })

  test('shows nothing of the machine: {$self}')
    .with([
      '{{ contact.constructor }}',
      '{{ contact.__proto__ }}',
      '{{ contact.toString }}',
      '{{ "".constructor.constructor }}',
      '{{ process }}{{ globalThis }}{{ require }}{{ this }}',
      '{{ contact["__proto__"]["polluted"] }}',
      '{{ tracking.link.constructor }}',
    ])
    .run(async ({ assert }, source) => {
      assert.equal(await shown(`<p>${source}</p>`, { first_name: 'Awa' }), await shown('<p></p>'))
    })

  test('escapes what a contact contains, in {$self}')
    .with([
      '{{ contact.note }}',
      '{% echo contact.note %}',
      '{% cycle contact.note, "b" %}',
      '{{ contact.note | upcase | append: "x" }}',
      '{% capture a %}{{ contact.note }}{% endcapture %}{{ a }}',
      '{{ contact.note | default: "x" }}',
    ])
    .run(async ({ assert }, source) => {
      const html = await shown(`<p>${source}</p>`, { note: HOSTILE })
      assert.notMatch(html, /<script/i)
    })

  test('prints the braces of a field, in one pass', async ({ assert }) => {
    const html = await shown('<p>{{ contact.first_name }}</p>', {
      first_name: '{{ 7 | times: 7 }}{% for i in (1..9) %}',
    })
    assert.include(html, '{{ 7 | times: 7 }}')
    assert.notInclude(html, '49')
    assert.equal(
      renderLine(
        'Bonjour {{ contact.first_name }}',
        variables({ first_name: '{{ campaign.name }}' })
      ),
      'Bonjour {{ campaign.name }}'
    )
  })

  test('keeps a field from beginning another header', ({ assert }) => {
    assert.equal(
      renderLine(
        'Bonjour {{ contact.first_name }}',
        variables({ first_name: 'Awa\r\nBcc: x@y.z\u2028' })
      ),
      'Bonjour Awa Bcc: x@y.z'
    )
  })

  test('escapes a field inside an attribute', async ({ assert }) => {
    const html = await shown(
      '<a href="https://exemple.ci/?v={{ contact.note }}">x</a><p title="{{ contact.note }}">y</p>',
      { note: '"><img src=x onerror=alert(1)>' }
    )
    assert.notMatch(html, /<img/i)
  })

  test('shows what is missing as nothing', async ({ assert }) => {
    assert.include(await shown('<p>[{{ contact.nope }}][{{ nope.deep.er }}]</p>'), '[][]')
  })

  test('lets no attribute in behind Liquid')
    .with([
      '<a {% if contact.x %}onclick="alert(1)"{% endif %}>k</a>',
      '<a {% if contact.x %}onclick=alert(1){% endif %}>k</a>',
      '<a {{ contact.x }}onclick=alert(1)>k</a>',
      '<a href="{% if true %}javascript:alert(1){% endif %}">k</a>',
      '<a href="java{% comment %}{% endcomment %}script:alert(1)">k</a>',
    ])
    .run(async ({ assert }, source) => {
      assert.notMatch(await shown(source, { x: '1' }), /alert/)
    })

  test('reads the entities that editors write into Liquid', async ({ assert }) => {
    const html = await shown(
      '<p>{% if contact.age &gt; 18 and contact.city == &quot;Lomé&quot; %}a &gt; b{% endif %}</p>',
      { age: 20, city: 'Lomé' }
    )
    assert.include(html, '<p>a &gt; b</p>')
  })

  test('prints no HTML out of an entity inside Liquid', async ({ assert }) => {
    assert.notMatch(
      await shown('<p>{{ "&lt;script&gt;" }}{% assign a = "&lt;b&gt;" %}{{ a }}</p>'),
      /<script|<b>/
    )
  })
})
