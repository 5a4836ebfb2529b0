import { test } from '@japa/runner'
import vine from '@vinejs/vine'
import {
  definePlugin,
  type MessagingChannel,
  type PluginDefinition,
  type Recipient,
} from '@griot/sdk'
import type { ArgsOf, CallName, ResultOf } from '#core/plugins/hosts/calls'
import type { PluginHost } from '#core/plugins/hosts/plugin_host'
import { plainPlugin } from '#tests/fixtures/plugins/_plain/messaging'

const run = {
  id: 7,
  campaignId: 'c',
  accountId: 'a',
  accountName: 'A',
  brief: { text: 'x' },
  locale: 'fr',
}
const recipient: Recipient = {
  deliveryId: '7.1',
  address: 'awa@example.com',
  content: { text: 'Bonjour' },
  links: { unsubscribe: '', webView: '' },
  idempotencyKey: '7.1',
}

/** A plugin that shows what reached it */
const shows = (broken: Partial<MessagingChannel> = {}) =>
  plainPlugin('shows', {
    connect: async () => ({ opened: 'link' }),
    prepare: async (_ctx, of: { id: number }, link: { opened: string }) => ({
      run: of.id,
      link: link.opened,
      sent: 0,
    }),
    send: async (_ctx, session: { run: number; link: string; sent: number }, batch) => {
      session.sent += batch.length
      return batch.map(() => ({
        status: 'accepted' as const,
        detail: `${session.link} ${session.run} ${session.sent}`,
      }))
    },
    ...broken,
  })

/**
 * What every host of plugins must do, wherever it runs the code.
 *
 * @param open makes a host of a plugin with these settings
 */
export function hostSuite(
  name: string,
  open: (definition: PluginDefinition, settings?: Record<string, unknown>) => PluginHost
): void {
  const call = <N extends CallName>(host: PluginHost, named: N, args: ArgsOf<N>) =>
    host.call(named, args, { signal: new AbortController().signal }) as Promise<ResultOf<N>>
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'nothing was thrown',
      (error: { code?: string }) => error.code ?? String(error)
    )

  test.group(`Host of a plugin: ${name}`, () => {
    test('describes a plugin as plain data', ({ assert }) => {
      const { description } = open(shows())
      assert.deepEqual(structuredClone(description), description)
      assert.deepEqual(Object.keys(description.channels), ['shows'])
      assert.equal(description.channels.shows.brief.properties?.text?.maxLength, 160)
    })

    test('keeps what was opened under handles until it is closed', async ({ assert }) => {
      const host = open(shows())
      const link = await call(host, 'channels.shows.connect', null)
      const session = await call(host, 'channels.shows.prepare', { run, link })
      assert.equal(host.handles, 2)
      const batch = [recipient, recipient]
      await call(host, 'channels.shows.send', { session, batch })
      const [, last] = await call(host, 'channels.shows.send', { session, batch })
      assert.equal(last.detail, 'link 7 4')

      await call(host, 'channels.shows.close', { session })
      await call(host, 'channels.shows.disconnect', { link })
      assert.equal(host.handles, 0)
      assert.equal(
        await codeOf(call(host, 'channels.shows.send', { session, batch })),
        'E_PLUGIN_HANDLE_GONE'
      )
      assert.equal(
        await codeOf(call(host, 'channels.shows.close', { session })),
        'E_PLUGIN_HANDLE_GONE'
      )
    })

    test('says what it has no function for: {$self}')
      .with([
        'channels.other.send',
        'channels.shows.plan',
        'channels.shows.lookup',
        'channels.shows.receipts.verify',
        'channels.shows.constructor',
        'channels.__proto__.send',
        'tasks.none',
        'webhooks.toString',
        'pages.none',
        'hooks.constructor',
        'simulators.none.start',
        'other.thing',
        '',
      ])
      .run(async ({ assert }, named) => {
        const asked = call(open(shows()), named as 'tasks.none', {})
        assert.equal(await codeOf(asked), 'E_PLUGIN_UNKNOWN_CALL')
      })

    test('passes a hook over that a plugin does not have', async ({ assert }) => {
      assert.isUndefined(await call(open(shows()), 'hooks.install', null))
    })

    test('answers with what is wrong with values, as plain data', async ({ assert }) => {
      const host = open(shows())
      const named = 'channels.shows.brief.validate'
      assert.deepEqual(await call(host, named, { values: { text: 'Bonjour', more: 1 } }), {
        valid: true,
        values: { text: 'Bonjour' },
      })
      const answer = await call(host, named, { values: { text: 'x'.repeat(161) } })
      assert.deepEqual(answer, {
        valid: false,
        problems: [
          {
            field: 'text',
            rule: 'maxLength',
            message: 'The {{ field }} field must not be greater than {{ max }} characters',
            meta: { max: 160 },
          },
        ],
      })
    })

    test('gives no capability to a pure call, and takes no promise from it', async ({ assert }) => {
      const estimate = (estimator: MessagingChannel['estimator']) =>
        codeOf(
          call(open(shows({ estimator })), 'channels.shows.estimator', {
            brief: {},
            audience: { total: 1, groups: [] },
          })
        )
      assert.equal(
        await estimate((async () => ({ quantities: [] })) as never),
        'E_PLUGIN_WRONG_RESULT'
      )
      assert.equal(
        await estimate((ctx) => (ctx as { storage: never }).storage),
        'E_PLUGIN_NOT_GRANTED'
      )
    })

    test('gives settings, clock and version to the plugin', async ({ assert }) => {
      const host = open(
        definePlugin({
          id: 'shows',
          capabilities: [],
          settings: vine.create({ host: vine.string() }),
          webhooks: {
            ask: async (ctx, request) => ({
              status: 200,
              body: JSON.stringify([
                ctx.settings.host,
                ctx.plugin.version,
                ctx.clock.now().getTime(),
                Buffer.from(request.rawBody).toString('hex'),
              ]),
            }),
          },
        }),
        { host: 'smsc.example' }
      )
      const rawBody = Buffer.from([0, 255, 10])
      const request = { method: 'POST', headers: {}, query: {}, rawBody }
      const reply = await call(host, 'webhooks.ask', request)
      assert.deepEqual(JSON.parse(reply.body ?? ''), ['smsc.example', '1.2.3', 0, '00ff0a'])
    })

    test('tells the function when the kernel gives up', async ({ assert }) => {
      const given = new AbortController()
      let told = false
      const host = open(
        shows({
          send: (ctx) =>
            new Promise((resolve) =>
              ctx.signal.addEventListener('abort', () => {
                told = true
                resolve([])
              })
            ),
        })
      )
      const link = await call(host, 'channels.shows.connect', null)
      const session = await call(host, 'channels.shows.prepare', { run, link })
      const sending = host.call(
        'channels.shows.send',
        { session, batch: [] },
        { signal: given.signal }
      )
      given.abort()
      await sending
      assert.isTrue(told)
    })

    test('puts an error of the plugin down to it, with the name of the call', async ({
      assert,
    }) => {
      const host = open(
        shows({
          connect: async () => {
            throw new Error('the line is dead')
          },
        })
      )
      const error = await call(host, 'channels.shows.connect', null).then(
        () => null,
        (thrown: { code: string; operation: string; message: string }) => thrown
      )
      assert.equal(error?.code, 'E_PLUGIN_THREW')
      assert.equal(error?.operation, 'channels.shows.connect')
      assert.include(error?.message ?? '', 'the line is dead')
      assert.equal(host.handles, 0)
    })
  })
}
