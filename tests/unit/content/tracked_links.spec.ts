import { readFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import fc from 'fast-check'
import { compileContent } from '#core/content/message/compile_content'
import { compileTemplate } from '#core/content/templates/compile_template'
import { freezeHtml } from '#core/content/html/freeze_html'
import { freezeMessage } from '#core/content/message/freeze_message'
import { BASE, bothWays, followed, hrefs, OWN } from './followed_links.js'

const fixture = (name: string) => readFile(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')
const isTracked = (address: string) => address.startsWith(`${BASE}/c/`)

test.group('Tracked links', () => {
  test('lead where the same mail leads without tracking, and leave its own links alone', async ({
    assert,
  }) => {
    const source = await fixture('links.html')
    const { plain, tracked } = await bothWays({ source })
    assert.deepEqual(
      hrefs(tracked.html).map((address) => followed(address, tracked.links)),
      hrefs(plain).map((address) => followed(address, []))
    )
    assert.deepEqual(hrefs(plain).slice(0, 2), [
      'https://example.org/plateau-3/riz',
      'https://example.org/plateau-3/huile',
    ])
    assert.deepEqual(hrefs(tracked.html).map(isTracked), [true, true, ...Array(5).fill(false)])
    assert.equal(hrefs(tracked.html)[6], `${OWN.unsubscribe}?source=pied`)
    assert.equal(hrefs(tracked.html)[2], `https://wa.me/?text=${encodeURIComponent(OWN.webView)}`)
    assert.include(tracked.html, '<p>Riz &amp; huile <b>Promo</b></p>')
  })

  test('stand in branches, in maps and in what Outlook alone reads, each under its address', async ({
    assert,
  }) => {
    const source = await fixture('hidden_links.html')
    for (const contact of [{ city: 'San-Pédro' }, {}]) {
      const { plain, tracked } = await bothWays({ source, contact })
      assert.isTrue(hrefs(tracked.html).every(isTracked))
      assert.deepEqual(
        hrefs(tracked.html).map((address) => followed(address, tracked.links)),
        hrefs(plain).map((address) => followed(address, []))
      )
      assert.sameMembers(
        [...tracked.links],
        [
          'https://example.org/ville/{{ contact.city | url_encode }}',
          'https://example.org/partout',
          'https://example.org/carte',
          'https://example.org/bouton',
        ]
      )
      assert.include(tracked.html, '<v:roundrect')
      assert.include(tracked.html, '<!--[if !mso]><!-->')
    }
  })

  test('are never links of the message itself, spelled as {$self}')
    .with([
      '{{ links.unsubscribe }}',
      '{{links.unsubscribe}}',
      '{{- links.unsubscribe -}}',
      "{{ links['unsubscribe'] }}",
      '{{ links["web_view"] | append: "#x" }}',
      '{% assign u = links.unsubscribe %}{{ u }}',
      '{% capture u %}{{ links.unsubscribe }}{% endcapture %}{{ u }}?x=1',
      'https://example.org/?a={{ links.web_view | url_encode }}',
      'https://example.org/?a={{ links.web_view | url_encode | url_encode }}',
      '{% assign k = "unsubscribe" %}{{ links[k] }}',
      '{% for l in links %}{% if forloop.first %}{{ l[1] }}{% endif %}{% endfor %}',
    ])
    .run(async ({ assert }, address) => {
      const { plain, tracked } = await bothWays({
        source: `<a href='${address.replaceAll("'", '&#39;')}'>x</a>`,
      })
      assert.deepEqual(hrefs(tracked.html), hrefs(plain))
      assert.match(hrefs(plain)[0], /(?:\/|%(?:25)?2F)[uw](?:\/|%(?:25)?2F)/)
    })

  test('are no links that lead elsewhere than to the web: {$self}')
    .with(['tel:+2250700000000', 'mailto:a@example.org', '', 'www.example.org', '#bas', 'https://'])
    .run(async ({ assert }, page) => {
      const { plain, tracked } = await bothWays({
        source: `<a href="{{ contact.page }}">x</a><a href="${page}">y</a>`,
        contact: { page },
      })
      assert.deepEqual(hrefs(tracked.html), [page, page])
      assert.deepEqual(hrefs(plain), [page, page])
    })

  test('are left alone when they are too long to be carried', async ({ assert }) => {
    const { plain, tracked } = await bothWays({
      source: '<a href="https://example.org/{{ contact.long }}">x</a>',
      contact: { long: 'x'.repeat(2_000) },
    })
    assert.deepEqual(hrefs(tracked.html), hrefs(plain))
  })

  test('lead alike for any template and any contact', async ({ assert }) => {
    const value = fc.constantFrom(
      '{{ contact.city }}',
      '{{ contact.page | url_encode }}',
      '{{ v }}',
      '{{ c }}',
      '{{ forloop.index }}',
      '{{ i }}',
      "{{ 'é&=' | url_encode }}",
      'plat',
      '?a=1&b=2',
      '{{ links.unsubscribe }}',
      '{% if contact.city %}oui{% else %}non{% endif %}',
      '{% cycle "x", "y" %}',
      '{% increment n %}'
    )
    const start = fc.constantFrom(
      'https://example.org/',
      'http://example.org:8080/',
      '{{ contact.page }}',
      ''
    )
    const link = fc
      .tuple(start, fc.array(value, { maxLength: 3 }))
      .map(([first, rest]) => `<a href="${first}${rest.join('/').replaceAll('"', '&quot;')}">x</a>`)
    const wrap = fc.constantFrom<(inside: string) => string>(
      (inside) => inside,
      (inside) => `{% for i in (1..2) %}${inside}{% endfor %}`,
      (inside) => `{% assign v = "a&b" %}${inside}`,
      (inside) => `{% capture c %}{{ contact.city }}-c{% endcapture %}${inside}`,
      (inside) => `{% if contact.city %}${inside}{% endif %}`,
      (inside) => `<!--[if mso]>${inside}<![endif]-->`,
      (inside) =>
        `<table>{% unless contact.page %}<tr><td>${inside}</td></tr>{% endunless %}</table>`
    )
    const template = fc
      .tuple(fc.array(link, { minLength: 1, maxLength: 3 }), fc.array(wrap, { maxLength: 3 }))
      .map(([links, wraps]) => wraps.reduce((inside, one) => one(inside), links.join('\n')))
    const contact = fc.record(
      {
        city: fc.constantFrom('Lomé', 'a/b?c', '"><b>', 'x y', '{{ 7 }}', ''),
        page: fc.constantFrom(
          'tel:+225',
          'https://example.org/?q=1&r=é',
          'javascript:alert(1)',
          'rien'
        ),
      },
      { requiredKeys: [] }
    )
    await fc.assert(
      fc.asyncProperty(template, contact, async (source, person) => {
        const { plain, tracked } = await bothWays({ source, contact: person })
        assert.deepEqual(
          hrefs(tracked.html).map((address) => followed(address, tracked.links)),
          hrefs(plain).map((address) => followed(address, []))
        )
      }),
      { numRuns: 300 }
    )
  }).timeout(60_000)
})

test.group('Text and subject', () => {
  test('reads a text exactly as it is written, and escaped as HTML', async ({ assert }) => {
    const source = await fixture('angle_address.txt')
    const { text } = await compileTemplate({ format: 'text', source })
    const { parts } = await freezeMessage({
      parts: { html: { as: 'markup', source: text }, text: { as: 'text', source: text } },
    })
    const shown = compileContent({ parts }).render({
      contact: { first_name: 'Awa' },
      account: { name: '', address: '' },
      campaign: { name: '', subject: '' },
      links: { unsubscribe: '#', web_view: '#', preferences: '#', consent: '#' },
      tracking: { link: () => null, pixel: null, hidden: null },
    })
    assert.equal(shown.text, source.replace('{{ contact.first_name }}', 'Awa'))
    assert.include(
      shown.html,
      'Écrivez à &lt;accueil@example.org&gt; ou &lt;https://example.org/aide?x=1&amp;y=2&gt;.'
    )
    assert.include(shown.html, '5 &lt; 7 et 9 &gt; 3.')
  })

  test('shows the subject in body and title as it reads', async ({ assert }) => {
    const { tracked } = await bothWays({
      source:
        '<html><head><title>{{ campaign.subject }}</title></head><body>{{ campaign.subject }}</body></html>',
      contact: { first_name: 'Awa' },
    })
    assert.include(tracked.html, '<title>Offres pour Awa</title>')
    assert.include(tracked.html, '<body>Offres pour Awa')
  })

  test('makes a text part without entities', async ({ assert }) => {
    const { text } = await compileTemplate({
      format: 'html',
      source:
        '<p>{{ "Riz & huile" | escape }} &amp; {{ contact.note | escape }}</p><a href="https://example.org/?a=1&amp;b={{ contact.note | url_encode }}">x</a>',
    })
    const shown = compileContent({ parts: { text: { as: 'text', source: text } } }).render({
      contact: { note: 'a & b' },
      account: { name: '', address: '' },
      campaign: { name: '', subject: '' },
      links: { unsubscribe: '#', web_view: '#', preferences: '#', consent: '#' },
      tracking: { link: () => null, pixel: null, hidden: null },
    })
    assert.notInclude(shown.text, '&amp;')
    assert.include(shown.text, 'Riz & huile & a & b')
    assert.include(shown.text, 'https://example.org/?a=1&b=a+%26+b')
  })

  test('freezes each address once', async ({ assert }) => {
    const { links } = await freezeHtml(
      '<a href="https://a.test/">1</a><a href="https://a.test/">2</a>'
    )
    assert.deepEqual([...links], ['https://a.test/'])
  })
})
