import { test } from '@japa/runner'
import { createPublicKey, generateKeyPairSync, hash, verify } from 'node:crypto'
import PostalMime from 'postal-mime'
import { DkimSigner } from '../mime/dkim_signer.js'
import { MessageBuilder, type Message } from '../mime/message_builder.js'
import { readMailboxes } from '../mime/read_mailboxes.js'

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string

const message = (changes: Partial<Message> = {}): Message => ({
  from: { name: 'Marché Nouvelle Étoile', address: 'nouvelles@example.com' },
  replyTo: [],
  to: 'awa@example.com',
  subject: 'Zoé, vos offres de la semaine à Bobo-Dioulasso',
  html: '<p>Attiéké — 1 500 F</p>\n.\n<a href="https://example.com/?a=1&amp;b=2">Voir</a>',
  text: 'Attiéké — 1 500 F\n.\nune ligne qui finit par une espace \n',
  messageId: '1.2@example.com',
  unsubscribe: 'https://example.com/u/abc',
  listId: 'list.example.com',
  feedbackId: '1:2:campaign:griot',
  date: new Date('2026-11-22T09:05:00Z'),
  ...changes,
})
const build = async (signer: DkimSigner | null, one: Message) =>
  Buffer.from((await new MessageBuilder(signer).build(one)).bytes)
const lines = (raw: Buffer) => raw.toString('latin1').split('\r\n')

test.group('A message', () => {
  test('does not change when its builder goes on to the next ones', async ({ assert }) => {
    const builder = new MessageBuilder(null)
    const first = await builder.build(message({ html: '<p>un</p>' }))
    const kept = Buffer.from(first.bytes)
    const second = await builder.build(message({ html: '<p>deux</p>' }))
    assert.deepEqual(Buffer.from(first.bytes), kept)
    first.release()
    second.release()
    await builder.build(message({ html: `<p>${'très long '.repeat(20_000)}</p>` }))
    const third = await builder.build(message({ html: '<p>trois</p>' }))
    assert.include(third.bytes.toString(), '<p>trois</p>')
  })

  test('says in both parts what was given, whatever the letters', async ({ assert }) => {
    const read = await PostalMime.parse(await build(null, message()))
    assert.equal(read.subject, 'Zoé, vos offres de la semaine à Bobo-Dioulasso')
    assert.deepEqual(read.from, {
      name: 'Marché Nouvelle Étoile',
      address: 'nouvelles@example.com',
    })
    assert.include(read.html ?? '', 'Attiéké — 1 500 F')
    assert.include(read.text ?? '', 'une ligne qui finit par une espace ')
  })

  test('keeps to 76 characters a line in its body, and never begins a line with a dot', async ({
    assert,
  }) => {
    const raw = await build(
      null,
      message({ html: `<p>${'é. '.repeat(500)}${'.'.repeat(300)}</p>` })
    )
    const body = lines(raw).slice(lines(raw).indexOf(''))
    assert.isAtMost(Math.max(...body.map((line) => line.length)), 76)
    assert.isFalse(body.some((line) => line.startsWith('.')))
  })

  test('encodes names and long subjects in lines that every server takes: {0}')
    .with([
      ['é'.repeat(900), [{ name: "Éloïse à l'accueil", address: 'accueil@example.org' }]],
      ['🎉'.repeat(200), [{ name: '👩🏽‍🌾 Awa', address: 'a@example.org' }]],
      ['x'.repeat(2_000), [{ name: 'Koné, Awa', address: 'a@example.org' }]],
      ['Bonjour', [{ name: 'x"'.repeat(600), address: 'a@example.org' }]],
      [`${'un mot '.repeat(60)}é`, []],
      [
        'Bonjour',
        Array.from({ length: 60 }, (_, n) => ({
          name: n % 3 === 0 ? `Équipe n° ${n}` : n % 3 === 1 ? `Desk ${n}` : '',
          address: `desk${n}@example.org`,
        })),
      ],
      [
        'Bonjour',
        [{ name: 'É'.repeat(80), address: `${'a'.repeat(60)}@${'b'.repeat(180)}.example.org` }],
      ],
    ] as const)
    .run(async ({ assert }, [subject, replyTo]) => {
      for (const signer of [
        null,
        new DkimSigner({ domain: 'example.com', selector: 's', privateKey: KEY }),
      ]) {
        const raw = await build(signer, message({ subject, replyTo }))
        const all = lines(raw)
        const head = all.slice(0, all.indexOf(''))
        for (const line of head) {
          assert.isAtMost(Buffer.byteLength(line, 'latin1'), 998, line.slice(0, 80))
          if (line.includes('=?UTF-8?')) assert.isAtMost(line.length, 76, line)
          assert.notMatch(line, /^\s*$/)
        }
        const read = await PostalMime.parse(raw)
        assert.equal(read.subject, subject.trim())
        assert.deepEqual(
          (read.replyTo ?? []).map((one) => ({ name: one.name, address: one.address })),
          replyTo.map((one) => ({ ...one }))
        )
      }
    })

  test('reads a mailbox as people write it', ({ assert }) => {
    assert.deepEqual(readMailboxes('"Éloïse à l\'accueil" <accueil@example.org>'), [
      { name: "Éloïse à l'accueil", address: 'accueil@example.org' },
    ])
    assert.deepEqual(readMailboxes('accueil@example.org'), [
      { name: '', address: 'accueil@example.org' },
    ])
    assert.lengthOf(readMailboxes('a@example.org, B <b@example.org>'), 2)
    assert.deepEqual(readMailboxes('a@example.org, nobody'), [])
    assert.deepEqual(readMailboxes(''), [])
  })

  test('carries what one-click unsubscription needs (RFC 8058)', async ({ assert }) => {
    const raw = (await build(null, message())).toString('latin1')
    assert.include(raw, '\r\nList-Unsubscribe: <https://example.com/u/abc>\r\n')
    assert.include(raw, '\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
  })

  for (const hostile of [
    'a\r\nBcc: x@example.com',
    'a\nX: y',
    'a\u0000b',
    'a\u2028Bcc: z',
    'a\r\n\r\n<script>',
    '=?UTF-8?Q?=0D=0ABcc:_x?=',
    'é'.repeat(400),
  ]) {
    test(`cannot be given a header by ${JSON.stringify(hostile).slice(0, 30)} in subject and sender`, async ({
      assert,
    }) => {
      const raw = await build(
        null,
        message({ subject: hostile, from: { name: hostile, address: 'nouvelles@example.com' } })
      )
      const read = await PostalMime.parse(raw)
      assert.notInclude(
        read.headers.map((header) => header.key),
        'bcc'
      )
      assert.notInclude(
        read.headers.map((header) => header.key),
        'x'
      )
      assert.equal(read.from?.address, 'nouvelles@example.com')
      const head = lines(raw).slice(0, lines(raw).indexOf(''))
      assert.isTrue(head.every((line) => /^([A-Za-z-]+: |[ \t])/.test(line)))
      assert.isAtMost(Math.max(...head.map((line) => line.length)), 998)
    })
  }

  test('is signed so that anybody can check it, one-click headers included', async ({ assert }) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const signer = new DkimSigner({ domain: 'example.com', selector: 's1', privateKey })
    const raw = (await build(signer, message())).toString('latin1')
    const split = raw.indexOf('\r\n\r\n')
    const headers = raw
      .slice(0, split)
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map(
        (line) =>
          [
            line.slice(0, line.indexOf(':')).toLowerCase(),
            line.slice(line.indexOf(':') + 1).trim(),
          ] as const
      )
    const signature = headers.find(([name]) => name === 'dkim-signature')?.[1] ?? ''
    const tags = Object.fromEntries(
      signature
        .split(';')
        .map((tag) => [
          tag.slice(0, tag.indexOf('=')).trim(),
          tag.slice(tag.indexOf('=') + 1).trim(),
        ])
    )

    assert.equal(tags.bh, hash('sha256', Buffer.from(raw.slice(split + 4), 'latin1'), 'base64'))
    assert.includeMembers(tags.h.split(':'), [
      'from',
      'subject',
      'list-unsubscribe',
      'list-unsubscribe-post',
      'feedback-id',
    ])
    const canonical = tags.h
      .split(':')
      .map(
        (name) =>
          `${name}:${headers.find(([header]) => header === name)?.[1].replace(/[ \t]+/g, ' ')}\r\n`
      )
      .join('')
    const signed = `${canonical}dkim-signature:${signature.slice(0, signature.lastIndexOf('b=') + 2)}`
    assert.isTrue(
      verify(
        'sha256',
        Buffer.from(signed),
        createPublicKey(publicKey),
        Buffer.from(tags.b, 'base64')
      )
    )
  })

  test('is not signed with a weak or foreign key', ({ assert }) => {
    assert.throws(
      () => new DkimSigner({ domain: 'example.com', selector: 's', privateKey: 'nothing' })
    )
    const { privateKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    assert.throws(() => new DkimSigner({ domain: 'example.com', selector: 's', privateKey }), /RSA/)
  })
})
