import { test } from '@japa/runner'
import { suppressAddress } from '#core/audience/consent/suppress_address'
import { sql } from '#core/database/sql'
import { finishRun } from '#core/delivery/ending/finish_run'
import { walletBalance } from '#core/ledger/wallet_balance'
import pluginKernel from '#core/plugins/main'
import { unsubscribe } from '#core/tracking/links/unsubscribe'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, booksAreWrong, deliveryStates, runJobs, type Client } from '#tests/line_kit'
import { aChunk, anExpandedRun, hand, lease } from './run_kit.js'

const MINE = 'non@will.example'
const OTHERS = ['un@will.example', 'deux@will.example']

/** Each way in which a person can say no while a run waits, and the reason that is written down */
const WAYS: readonly {
  readonly name: string
  readonly reason: string
  readonly say: (client: Client, runId: number) => Promise<unknown>
}[] = [
  {
    name: 'unsubscribes by the link of an earlier message',
    reason: 'suppressed',
    say: async (_client, runId) => {
      const [{ seq }] = await sql<{ seq: number }>(
        'select seq from deliveries where run_id = $1 and address = $2',
        [runId, MINE]
      )
      await unsubscribe({
        delivery: { runId, seq, link: 0 },
        userAgent: null,
        ipPrefix: null,
        now: new Date(),
      })
    },
  },
  {
    name: 'is put on the list of addresses not to write to',
    reason: 'suppressed',
    say: (client) =>
      suppressAddress({
        accountId: client.accountId,
        address: MINE,
        reason: 'manual',
        source: 'portal',
      }),
  },
  {
    name: 'complains',
    reason: 'suppressed',
    say: (client) =>
      suppressAddress({
        accountId: client.accountId,
        address: MINE,
        reason: 'complained',
        source: 'receipt',
      }),
  },
  {
    name: 'withdraws the consent',
    reason: 'unconsented',
    say: (client) =>
      sql(`update contacts set consent = 'refused' where account_id = $1 and email = $2`, [
        client.accountId,
        MINE,
      ]),
  },
  {
    name: 'is a contact of whom nobody knows any more whether they agreed',
    reason: 'unconsented',
    say: (client) =>
      sql(`update contacts set consent = 'unknown' where account_id = $1 and email = $2`, [
        client.accountId,
        MINE,
      ]),
  },
  {
    name: 'is deleted',
    reason: 'deleted',
    say: (client) =>
      sql('delete from contacts where account_id = $1 and email = $2', [client.accountId, MINE]),
  },
]

test.group('While a run waits, who', (group) => {
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    await pluginKernel.refresh()
  })
  group.each.teardown(async () => {
    await sql(`update campaigns set state = 'cancelled' where state = 'running'`)
  })

  for (const { name, reason, say } of WAYS) {
    test(`${name} is excluded at the next lease, with the reason, and not paid for`, async ({
      assert,
    }) => {
      const client = await aClient()
      const before = await walletBalance({ accountId: client.accountId, currency: 'XOF' })
      const run = await anExpandedRun(client, [MINE, ...OTHERS])
      await say(client, run.id)
      await runJobs()
      assert.deepEqual(await deliveryStates(run.id), { accepted: 2, excluded: 1 })
      const [row] = await sql<{ reason: string; exclusions: object; state: string }>(
        `select d.reason, r.exclusions, r.state from deliveries d join campaign_runs r on r.id = d.run_id
          where d.run_id = $1 and d.state = 'excluded'`,
        [run.id]
      )
      assert.deepEqual(row, { reason, exclusions: { [reason]: 1 }, state: 'finished' })
      const [hold] = await sql<{ captured: bigint; released: bigint; held: bigint }>(
        'select captured, released, held from campaign_holds where campaign_id = $1::uuid',
        [run.campaignId]
      )
      assert.equal(hold.captured * 3n, hold.held * 2n)
      assert.equal(
        (await walletBalance({ accountId: client.accountId, currency: 'XOF' })).available,
        before.available - hold.captured
      )
      assert.isEmpty(await booksAreWrong())
    })

    test(`${name} after the lease is not handed over, and excluded at the next`, async ({
      assert,
    }) => {
      const client = await aClient()
      const run = await anExpandedRun(client, [MINE, ...OTHERS])
      const chunk = await aChunk(run)
      await say(client, run.id)
      const handed = await hand(run, chunk, 1, 3)
      assert.sameMembers(
        handed.map((row) => row.address),
        OTHERS
      )
      assert.isNull(await lease(run))
    })
  }

  test('answers a request for consent is asked no more, also after the lease, and that is the reason', async ({
    assert,
  }) => {
    const client = await aClient()
    const run = await anExpandedRun(client, [MINE, ...OTHERS])
    await sql(`update campaign_runs set rules = rules || '{"asksConsent": true}' where id = $1`, [
      run.id,
    ])
    await sql(`update contacts set consent = 'unknown' where account_id = $1`, [client.accountId])
    const chunk = await aChunk(run)
    await sql(`update contacts set consent = 'granted' where account_id = $1 and email = $2`, [
      client.accountId,
      MINE,
    ])
    const handed = await hand(run, chunk, 1, 3)
    assert.sameMembers(
      handed.map((row) => row.address),
      OTHERS
    )
    assert.isNull(await lease(run))
    await sql(
      `update delivery_chunks set lease_until = now() - interval '1 minute' where run_id = $1`,
      [run.id]
    )
    await lease(run)
    assert.deepEqual(
      await sql('select address, reason from deliveries where run_id = $1 and reason is not null', [
        run.id,
      ]),
      [{ address: MINE, reason: 'answered' }]
    )
  })

  test('says no altogether leaves a run that ends, with all of the money given back', async ({
    assert,
  }) => {
    const client = await aClient()
    const before = await walletBalance({ accountId: client.accountId, currency: 'XOF' })
    const run = await anExpandedRun(client, [MINE])
    await WAYS[1].say(client, run.id)
    await runJobs()
    assert.equal(await finishRun(run.id, new Date()), 'over')
    assert.deepEqual(await deliveryStates(run.id), { excluded: 1 })
    assert.equal(
      (await walletBalance({ accountId: client.accountId, currency: 'XOF' })).available,
      before.available
    )
  })
})
