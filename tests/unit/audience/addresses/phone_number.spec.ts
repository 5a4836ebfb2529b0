import { test } from '@japa/runner'
import fc from 'fast-check'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { countryOfPhone, phoneReader } from '#core/audience/addresses/phone_number'

test.group('phoneReader', () => {
  const read = phoneReader('CI')

  test('gives {0} as {1}')
    .with([
      ['+225 07 83 77 83 53', '+2250783778353'],
      ['00225 07 83 77 83 53', '+2250783778353'],
      ['(+225) 07 83 77 83 53', '+2250783778353'],
      ['+225-0783778353', '+2250783778353'],
      ['07 83 77 83 53', '+2250783778353'],
      ['0783778353', '+2250783778353'],
      ['07.83.77.83.53', '+2250783778353'],
      ['+33 (0)6 12 34 56 78', '+33612345678'],
      ['+1 202-555-0143', '+12025550143'],
      ['+237 677 12 34 56', '+237677123456'],
    ] as const)
    .run(({ assert }, [typed, expected]) => {
      assert.equal(read(typed), expected)
    })

  test('refuses {$self}')
    .with([
      '',
      '123',
      'n/a',
      '+225 99 99 99 99 99',
      '2,25071E+11',
      '+999 12 34 56 78',
      '+225 07',
      'tel: bureau',
      '+22507837783531234',
      '07 83 77 83 5x',
    ])
    .run(({ assert }, typed) => {
      assert.isNull(read(typed))
    })

  test('agrees with the library on every spelling of numbers of the region', ({ assert }) => {
    const codes = fc.constantFrom(
      '225',
      '221',
      '226',
      '223',
      '228',
      '229',
      '227',
      '237',
      '241',
      '242',
      '224',
      '235',
      '33',
      '234',
      '233'
    )
    fc.assert(
      fc.property(
        codes,
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 7, maxLength: 11 }),
        fc.constantFrom('+', '00', '(+'),
        (code, digits, sign) => {
          const typed = sign === '(+' ? `(+${code}) ${digits}` : `${sign}${code} ${digits}`
          const parsed = parsePhoneNumberFromString(`+${code}${digits}`)
          assert.equal(read(typed), parsed?.isValid() ? parsed.number : null, typed)
        }
      ),
      { numRuns: 3_000 }
    )
  })

  test('names the country of a number', ({ assert }) => {
    assert.equal(countryOfPhone('+2250783778353'), 'CI')
    assert.equal(countryOfPhone('+12025550143'), 'US')
    assert.equal(countryOfPhone('+22507'), 'CI')
  })
})
