import { test } from '@japa/runner'
import { normaliseEmail } from '#core/audience/addresses/email_address'

test.group('normaliseEmail', () => {
  test('gives {0} as {1}')
    .with([
      ['  Awa.KONE@Example-7.COM ', 'awa.kone@example-7.com'],
      ["o'brien+news@exemple.ci", "o'brien+news@exemple.ci"],
      ['a@b.co', 'a@b.co'],
      ['\u00a0awa@exemple.ci\u200b', 'awa@exemple.ci'],
      ['awa@côte-sûre.ci', 'awa@xn--cte-sre-t0a1e.ci'],
      [`${'a'.repeat(64)}@exemple.ci`, `${'a'.repeat(64)}@exemple.ci`],
    ] as const)
    .run(({ assert }, [typed, expected]) => {
      assert.equal(normaliseEmail(typed), expected)
    })

  test('refuses {$self}')
    .with([
      '',
      'n/a',
      '@example.com',
      'awa@',
      'awa.example.com',
      'awa@@example.com',
      'awa..kone@example.com',
      '.awa@example.com',
      'awa.@example.com',
      'awa @ example.com',
      'awa@.example.com',
      'awa@example',
      'awa@example..com',
      'awa@-example.com',
      'awa@example-.com',
      'awa@example.123',
      'awa@1.2.3.4',
      'awa@[1.2.3.4]',
      'a\u0000wa@example.com',
      'awa@exa mple.com',
      'awa@example.com\nbcc: x@y.z',
      'a,b@example.com',
      'Awa <awa@example.com>',
      '"awa"@example.com',
      `${'a'.repeat(65)}@example.com`,
      `a@${'b'.repeat(64)}.com`,
      `a@${'b.'.repeat(130)}com`,
      'awa@example.c',
      'awa@exam_ple.com',
      'émile@example.com',
    ])
    .run(({ assert }, typed) => {
      assert.isNull(normaliseEmail(typed))
    })
})
