import { test } from '@japa/runner'
import { compileContent } from '#core/content/message/compile_content'
import { compileTemplate } from '#core/content/templates/compile_template'
import { TemplateInvalidError } from '#core/content/errors'
import { freezeHtml } from '#core/content/html/freeze_html'
import { freezeMessage } from '#core/content/message/freeze_message'
import { protectLiquid } from '#core/content/liquid/protect_liquid'
import { refuseOpenQuotes } from '#core/content/liquid/refuse_open_quotes'
import { wrapLooseLiquid } from '#core/content/liquid/wrap_loose_liquid'
import { bothWays } from './followed_links.js'

/** Milliseconds in which a hostile template is answered: its own two seconds, and a new thread */
const ANSWERED = 5_000

async function refusal(work: () => unknown): Promise<TemplateInvalidError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof TemplateInvalidError) return error
    throw error
  }
  throw new Error('The template was taken')
}

const nested = (tag: string, times: number) => `<${tag}>`.repeat(times) + `</${tag}>`.repeat(times)

test.group('Hostile templates', (group) => {
  group.tap((one) => one.timeout(20_000))

  test('are refused without holding up the process: {name}')
    .with([
      { name: 'braces', format: 'html', source: '{'.repeat(60_000) },
      { name: 'many braces', format: 'html', source: '{'.repeat(390_000) },
      { name: 'braces of tags', format: 'html', source: '{%'.repeat(195_000) },
      { name: 'braces in text', format: 'text', source: '{'.repeat(390_000) },
      { name: 'braces in MJML', format: 'mjml', source: `<mjml>${'{%'.repeat(190_000)}</mjml>` },
      { name: 'tags in MJML', format: 'mjml', source: `<mjml>${'<a "'.repeat(90_000)}</mjml>` },
      { name: 'quotes', format: 'html', source: `{{ ${'"\\'.repeat(150_000)} }}` },
      { name: 'tables', format: 'html', source: nested('table', 1_000) },
      {
        name: 'tables in MJML',
        format: 'mjml',
        source: `<mjml><mj-body><mj-section><mj-column><mj-text>${nested('div', 1_000)}</mj-text></mj-column></mj-section></mj-body></mjml>`,
      },
      {
        name: 'sections',
        format: 'mjml',
        source: `<mjml><mj-body>${nested('mj-wrapper', 1_000)}</mj-body></mjml>`,
      },
      {
        name: 'branches',
        format: 'html',
        source: '{% if contact %}'.repeat(1_000) + '{% endif %}'.repeat(1_000),
      },
      { name: 'sum', format: 'html', source: '{{ (1..500000) | sum }}' },
      {
        name: 'where_exp',
        format: 'html',
        source: '{{ (1..500000) | where_exp: "i", "i > 3" | size }}',
      },
      { name: 'group_by', format: 'html', source: '{{ (1..500000) | group_by: "x" | size }}' },
      { name: 'find', format: 'html', source: '{{ (1..500000) | find_exp: "i", "i == 0" }}' },
      {
        name: 'range',
        format: 'html',
        source: '{% assign n = 500000 %}{% assign r = (1..n) %}{{ r | size }}',
      },
      {
        name: 'split',
        format: 'html',
        source: `{% assign a = "${'x,'.repeat(20_000)}" | split: "," %}{{ a | size }}`,
      },
      {
        name: 'doubling',
        format: 'html',
        source: `{% assign a = "x" | split: "" %}${'{% assign a = a | push: a %}'.repeat(28)}{{ a }}`,
      },
      {
        name: 'joining',
        format: 'html',
        source: `{% assign a = "x" | split: "" %}${'{% assign a = a | concat: a %}'.repeat(28)}{{ a | join }}`,
      },
      {
        name: 'inside a branch of nobody',
        format: 'html',
        source: '{% if contact.first_name %}{{ (1..400000) | sum }}{% endif %}',
      },
    ] as const)
    .run(async ({ assert }, { format, source }) => {
      const before = performance.now()
      let turns = 0
      const clock = setInterval(() => (turns += 1), 10)
      const error = await refusal(() => compileTemplate({ format, source }))
      clearInterval(clock)
      const took = performance.now() - before
      assert.equal(error.code, 'E_TEMPLATE_INVALID')
      assert.isBelow(took, ANSWERED)
      if (took > 300) assert.isAbove(turns, took / 100, 'the event loop of this process went on')
    })

  test('are scanned in one go', async ({ assert }) => {
    for (const source of [
      '{'.repeat(390_000),
      '{%'.repeat(195_000),
      '{{'.repeat(195_000),
      '<a "'.repeat(97_500),
    ]) {
      const before = performance.now()
      protectLiquid(source)
      refuseOpenQuotes(source)
      await refusal(() => wrapLooseLiquid(`<mjml>${source}`))
      assert.isBelow(performance.now() - before, 400)
    }
  })

  test('go over a limit for one person alone: the others are rendered', async ({ assert }) => {
    const { parts } = await freezeMessage({
      parts: {
        html: {
          as: 'html',
          source:
            '{% if contact.n %}{% assign n = contact.n | plus: 0 %}{{ (1..n) | sum }}{% endif %}ok',
        },
      },
    })
    const content = compileContent({ parts })
    const show = (n: string) =>
      content.render({
        contact: { n },
        account: { name: '', address: '' },
        campaign: { name: '', subject: '' },
        links: { unsubscribe: '#', web_view: '#', preferences: '#', consent: '#' },
        tracking: { link: () => null, pixel: null, hidden: null },
      }).html
    assert.equal(show('4'), '10ok')
    const error = await refusal(() => show('400000'))
    assert.equal(error.refusal.reason, 'list_too_long')
  })

  test('do not delay the templates of another account', async ({ assert }) => {
    const slow = `{% for i in (1..4000) %}{% assign a = "${'ab'.repeat(2_000)}" | replace: "b", "c" | split: "c" %}{% endfor %}`
    const many = Array.from({ length: 6 }, () =>
      refusal(() => compileTemplate({ accountId: 'hostile', format: 'html', source: slow }))
    )
    const before = performance.now()
    await compileTemplate({ accountId: 'other', format: 'html', source: '<p>a</p>' })
    assert.isBelow(performance.now() - before, 2_500)
    await Promise.all(many)
  })

  test('that fit when they are taken fit when they are sent', async ({ assert }) => {
    for (const [format, source] of [
      ['html', `<p>${'<a href="https://example.org/x">y</a>'.repeat(10_800)}</p>`],
      ['text', '<'.repeat(399_990)],
      ['html', `<p>${'a'.repeat(399_980)}</p>`],
      ['html', `<p>${'{{ contact.a }}'.repeat(20_000)}</p>`],
    ] as const) {
      const compiled = await compileTemplate({ format, source })
      const { parts } = await freezeMessage({
        parts:
          compiled.html === null
            ? { html: { as: 'markup', source: compiled.text } }
            : { html: { as: 'html', source: compiled.html } },
      })
      assert.doesNotThrow(() => compileContent({ parts }))
    }
    const links = Array.from(
      { length: 3_000 },
      (_, n) => `<a href="https://example.org/${n}">y</a>`
    )
    const error = await refusal(() => compileTemplate({ format: 'html', source: links.join('') }))
    assert.equal(error.refusal.reason, 'too_many_links')
  })
})

test.group('Markup of clients', () => {
  test('has no Liquid where a tag is named: {$self}')
    .with([
      "<{{ 'script' }}>alert(1)</script>",
      "<scr{{ '' }}ipt>alert(1)</script>",
      "<s{{ 'cript' }}>alert(1)</script>",
      "</{{ 'p' }}>",
      '<{% if contact.a %}script{% endif %}>alert(1)',
      '{% capture a %}<scr{% endcapture %}{{ a }}ipt>alert(1)</script>',
      '<!--[if mso]><{{ contact.x }}><![endif]-->',
    ])
    .run(async ({ assert }, source) => {
      const error = await refusal(() => compileTemplate({ format: 'html', source }))
      assert.include(['in_tag_name', 'tag_unknown', 'tag_open'], error.refusal.reason)
    })

  test('leads nowhere dangerous once it is rendered: {$self}')
    .with([
      `<a href="java{{ 'script' }}:alert(1)">x</a>`,
      '<a href="{{ contact.x }}">x</a>',
      '<a href=" {{ contact.x | upcase }}">x</a>',
      `<a href="{{ 'java' }}&#9;script:alert(1)">x</a>`,
      `<a href="{% capture s %}javascript&colon;{% endcapture %}{{ s }}alert(1)">x</a>`,
      `{% capture s %}javascript&colon;alert(1){% endcapture %}<a href="{{ s }}">x</a>`,
      '<a href="&#106;avascript&#58;alert(1)">x</a>',
      '<a href="java\u0000script:alert(1)">x</a>',
      '<a href="vbscript:alert(1)">x</a>',
      '<a href="data:text/html,alert(1)">x</a>',
      '<a href="blob:alert(1)">x</a>',
      '<img src="{{ contact.x }}">',
      `<meta http-equiv="{{ 'refresh' }}" content="0;url=https://alert(1)">`,
      '<meta http-equiv="refresh" content="0;url=https://alert(1)">',
      '<meta name="referrer" content="alert(1)">',
      '<meta name="viewport" content="{{ contact.x }}">',
      '<link rel="stylesheet" href="https://alert(1)">',
      '<base href="https://alert(1)/">',
      '<img srcset="https://alert(1) 2x">',
      '<p style="background:url({{ contact.x }})">x</p>',
      '<p style="{{ contact.x }}:alert(1)">x</p>',
      '<p style="width:expression(alert(1))">x</p>',
      '<p style="w\\69 dth:e\\78 pression(alert(1))">x</p>',
      '<p style="background:u/**/rl(javascript:alert(1))">x</p>',
      '<p style="-moz-binding:url(https://alert(1))">x</p>',
      '<style>@import "https://alert(1)";</style>',
      '<style>@imp\\6frt "https://alert(1)";</style>',
      '<style>p{background:url("javascript:alert(1)")}</style>',
      '<style>{{ contact.x }}</style>',
      '<svg><style><img src=x onerror=alert(1)></style></svg>',
      '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
      '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
      '<title>{% capture a %}<img src=x onerror=alert(1)>{% endcapture %}</title>{{ a }}',
      '<style>{% capture a %}<img src=x onerror=alert(1)>{% endcapture %}</style>{{ a }}',
      `<p title='{% capture a %}" onmouseover="alert(1){% endcapture %}'>{{ a }}</p><p title="{{ a }}">y</p>`,
      '<!-- {% capture a %}--><img src=x onerror=alert(1)>{% endcapture %} -->{{ a }}',
      '{% capture a %}--><b>{% endcapture %}<!--[if mso]>{{ a }}<img src=x onerror=alert(1)><![endif]-->',
      '<!--[if mso]><script>alert(1)</script><v:rect href="javascript:alert(1)"><![endif]-->',
      '<!--><script>alert(1)</script>-->',
      '<a href="x" ping="https://alert(1)">x</a>',
      '<p onclick=alert(1)>x</p>',
      '<xmp><img src=x onerror=alert(1)></xmp>',
      '<textarea><img src=x onerror=alert(1)></textarea>',
      '<a href="#" {{ contact.x }}=alert(1)>x</a>',
    ])
    .run(async ({ assert }, source) => {
      for (const x of [
        'javascript:alert(1)',
        '"><img src=x onerror=alert(1)>',
        'onclick',
        ' a{}</style><img src=x onerror=alert(1)>',
      ]) {
        let shown
        try {
          shown = await bothWays({ source, contact: { x } })
        } catch (error) {
          if (error instanceof TemplateInvalidError) continue
          throw error
        }
        for (const html of [shown.plain, shown.tracked.html]) {
          assert.notMatch(
            html.replace(/="[^"]*"/g, '=""'),
            /<(?:script|svg|math|iframe|link|base|noscript|xmp|textarea)\b|<[^>]*\s(?:on\w+|srcset|ping|http-equiv)\s*=/i
          )
          assert.notMatch(html, /<meta name="referrer"/)
          assert.notMatch(html, /(?:href|src)="\s*(?:java|vb|data:text|blob)/i)
          assert.notMatch(html, /style="[^"]*alert|<style>[^<]*(?:alert|import)/i)
        }
      }
    })

  test('keeps what mails are made of', async ({ assert }) => {
    const source = `<!doctype html>
<html lang="fr" xmlns:v="urn:schemas-microsoft-com:vml"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A &amp; B</title>
<style>@media (max-width:600px){.a{width:100%!important}} a:hover{color:#fff}</style></head>
<body style="margin:0;background:url('https://example.org/f.png') no-repeat"><table role="presentation" width="100%" cellpadding="0"><tr><td align="center" bgcolor="#fff"><img src="cid:logo" alt="é" width="10"><font color="red">x</font></td></tr></table>
<!--[if mso]><v:roundrect href="https://example.org/" arcsize="10%" fillcolor="#fff" style="v-text-anchor:middle;width:200px"><w:anchorlock/><center>x</center></v:roundrect><![endif]--></body></html>`
    const { html } = await compileTemplate({ format: 'html', source })
    for (const kept of [
      '<!doctype html>',
      '<meta charset="utf-8">',
      'name="viewport"',
      'A &amp; B',
      '@media (max-width:600px){.a{width:100%!important;}}',
      'a:hover{color:#fff;}',
      'no-repeat',
      'role="presentation"',
      'src="cid:logo"',
      'bgcolor="#fff"',
      '<w:anchorlock/>',
      'v-text-anchor:middle',
      'arcsize="10%"',
    ])
      assert.include(html ?? '', kept)
    assert.include((await freezeHtml(html ?? '')).html, '{% tracked_link 0 %}')
  })
})
