import { test } from '@japa/runner'
import fc from 'fast-check'
import { quotedPrintableLength, writeQuotedPrintable } from '../mime/quoted_printable.js'

/** What makes lines end, begin with a dot, or need encoding, much more often than chance does */
const troubles = ['\r\n', '\n', '\r', '.', ' ', '\t', '=', 'é', '—', '\u0000', 'a', 'x'.repeat(73)]
const texts = fc
  .array(fc.oneof(fc.constantFrom(...troubles), fc.string({ unit: 'binary', maxLength: 90 })), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''))

/** Encodes after some bytes of somebody else, which must stay */
function encoded(text: string): string {
  const source = Buffer.from(text)
  const out = Buffer.alloc(5 + quotedPrintableLength(source.length), '#')
  const end = writeQuotedPrintable(source, out, 5)
  if (out.toString('latin1', 0, 5) !== '#####' || end > out.length) throw new Error('too far')
  return out.toString('latin1', 5, end)
}

/** RFC 2045 §6.7, the other way round */
const decoded = (body: string) =>
  Buffer.from(
    body
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16))
      ),
    'latin1'
  ).toString()

test.group('Quoted-printable', () => {
  test('says what was given, in lines that every relay takes', ({ assert }) => {
    fc.assert(
      fc.property(texts, (text) => {
        const body = encoded(text)
        assert.equal(decoded(body), text.toWellFormed().replace(/\r?\n/g, '\r\n'))
        assert.match(body, /^[\t\r\n\x20-\x7e]*$/)
        for (const line of body.split('\r\n')) {
          assert.isAtMost(line.length, 76)
          assert.notMatch(line, /[\r\n]|[ \t]$|^\./)
        }
      }),
      { numRuns: 2_000 }
    )
  })

  test('breaks a line only where it is full', ({ assert }) => {
    assert.equal(encoded('a'.repeat(75)), 'a'.repeat(75))
    assert.equal(encoded('a'.repeat(76)), `${'a'.repeat(75)}=\r\na`)
    assert.equal(encoded(`${'a'.repeat(72)}é`), `${'a'.repeat(72)}=C3=\r\n=A9`)
    assert.equal(encoded(`${'a'.repeat(75)}.`), `${'a'.repeat(75)}=\r\n=2E`)
    assert.equal(encoded('a \r\n.b\t'), 'a=20\r\n=2Eb=09')
  })
})
