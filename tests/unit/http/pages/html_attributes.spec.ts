import { test } from '@japa/runner'
import { htmlAttributes, isBareDirective, isLocalAddress } from '#core/http/pages/html_attributes'

const printed = (values: Record<string, unknown>) => htmlAttributes(values).value

test.group('htmlAttributes', () => {
  test('prints names and escaped values, and leaves out what is nothing', ({ assert }) => {
    assert.equal(
      printed({
        'id': 'a"b',
        'required': true,
        'hidden': false,
        'title': '',
        'value': '',
        'x-ref': 'a',
      }),
      'id="a&quot;b" required value="" x-ref="a"'
    )
  })

  test('leaves out what runs, and forms that lead elsewhere', ({ assert }) => {
    for (const values of [
      { onclick: 'x()' },
      { style: 'a' },
      { srcdoc: 'a' },
      { 'http-equiv': 'refresh' },
      { ping: '/a' },
      { href: 'javascript:x()' },
      { 'xlink:href': 'data:image/svg+xml,x' },
      { action: 'https://evil.example' },
      { action: '//evil.example' },
      { action: '/\\evil.example' },
      { action: '/\t/evil.example' },
      { formaction: 'https://evil.example' },
      { 'x-html': 'a' },
      { 'x-init.once': 'a' },
      { 'x-on:click': '$el.remove()' },
      { 'x-bind:href': 'a' },
    ])
      assert.equal(printed(values), '', JSON.stringify(values))
  })

  test('keeps what forms and components of ours are made of', ({ assert }) => {
    for (const address of ['/', '/portal/contacts?page=2', '#form', '?sort=name'])
      assert.isTrue(isLocalAddress(address), address)
    for (const [name, value] of [
      ['x-data', ''],
      ['x-data', 'menu'],
      ['x-on:keydown.escape', 'close'],
      ['x-cloak', ''],
    ])
      assert.isTrue(isBareDirective(name, value), name)
  })
})
