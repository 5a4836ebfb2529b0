import { test } from '@japa/runner'
import { checkSettingValue, effectiveSettings, settingsToCss } from '#core/themes/theme_settings'
import type { ThemeSetting } from '#core/themes/theme_manifest'

const title = { fr: 'x', en: 'x' }
const accent: ThemeSetting = {
  id: 'accent',
  type: 'color',
  title,
  default: '#112233',
  css_var: '--accent',
  mode: 'light',
}
const radius: ThemeSetting = {
  id: 'radius',
  type: 'range',
  title,
  default: 6,
  min: 0,
  max: 16,
  unit: 'px',
  css_var: '--radius',
}

test.group('Theme settings', () => {
  test('writes checked values as custom properties', ({ assert }) => {
    assert.equal(
      settingsToCss([accent, radius], { accent: '#AABBCC', radius: 4 }),
      ':root,[data-bs-theme]{--radius:4px}:root,[data-bs-theme=light]{--accent:#AABBCC;--accent-rgb:170,187,204}'
    )
  })

  for (const value of [
    'red',
    '#fff',
    '#112233}body{display:none',
    'url(x)',
    'var(--x)',
    '',
    null,
    7,
  ]) {
    test(`refuses the colour ${JSON.stringify(value)}`, ({ assert }) => {
      assert.isString(checkSettingValue(accent, value))
      assert.equal(settingsToCss([accent], { accent: value }), '')
    })
  }

  for (const address of [
    'javascript:alert(1)',
    '//evil.example',
    'http://x',
    '/a"onload=',
    '/\\evil',
  ]) {
    test(`refuses the address ${address}`, ({ assert }) => {
      assert.isString(checkSettingValue({ ...accent, type: 'url' }, address))
    })
  }

  test('refuses a colour that cannot be read', ({ assert }) => {
    const readable = { ...accent, contrast: { with: '#FFFFFF', min: 4.5 } }
    assert.isNull(checkSettingValue(readable, '#7A2A63'))
    assert.match(checkSettingValue(readable, '#FFCC00') ?? '', /contrast of 1\.5/)
  })

  test('takes the default where a stored value no longer fits', ({ assert }) => {
    const values = effectiveSettings([accent, radius], { accent: 'red', radius: 8, gone: 1 })
    assert.deepEqual(values, { accent: '#112233', radius: 8 })
  })
})
