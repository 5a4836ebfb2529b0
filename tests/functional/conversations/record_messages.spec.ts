import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import type { Fact, MessageFact } from '@griot/sdk'
import { sql } from '#core/database/sql'
import { factsPool } from '#core/facts/fact_intake'
import { matchParked } from '#core/facts/match_parked'
import { reportFacts } from '#core/facts/report_facts'
import { aSentRun } from '../tracking/tracking_kit.js'

const report = (...facts: Fact[]) =>
  reportFacts({ pluginId: 'fixture_messaging', facts, now: new Date() })
const message = (from: string, text: string, o: Partial<MessageFact> = {}): MessageFact => ({
  kind: 'message',
  id: randomUUID(),
  at: new Date(),
  from,
  text,
  ...o,
})
const accountOf = (run: number) =>
  sql<{ id: string }>('select account_id id from campaign_runs where id = $1', [run]).then(
    ([row]) => row.id
  )
const addressOf = (run: number, seq: number) =>
  sql<{ address: string }>('select address from deliveries where run_id = $1 and seq = $2', [
    run,
    seq,
  ]).then(([row]) => row.address)
const conversationsOf = (accountId: string) =>
  sql<{ address: string; unread: number; last_text: string; state: string }>(
    'select address, unread, last_text, state from conversations where account_id = $1 order by id',
    [accountId]
  )
const suppressedOf = (accountId: string) =>
  sql<{ address: string; reason: string }>(
    'select address, reason from suppressions where account_id = $1 order by address',
    [accountId]
  )

/** A run to addresses that no other run has: a reply goes to the account that wrote last */
async function aRun() {
  const run = await aSentRun()
  await sql(`update deliveries set address = 'r' || run_id || '-' || address where run_id = $1`, [
    run,
  ])
  return { run, accountId: await accountOf(run), first: await addressOf(run, 1) }
}

test.group('What people write back', (group) => {
  group.each.teardown(async () => {
    await sql('delete from parked_facts')
  })

  test('becomes one conversation of the account that had written, each message once', async ({
    assert,
  }) => {
    const { run, accountId, first } = await aRun()
    const hello = message(first.toUpperCase(), 'Bonjour, c’est encore ouvert ?')
    assert.deepEqual(await report(hello, hello), { recorded: 1, repeated: 1, parked: 0 })
    assert.include(await report(hello), { recorded: 0, repeated: 1 })
    await report(message(first, 'Je passe demain', { inReplyTo: { providerKey: `key-${run}-1` } }))
    assert.deepEqual(await conversationsOf(accountId), [
      { address: first, unread: 2, last_text: 'Je passe demain', state: 'open' },
    ])
    const [{ replied }] = await sql<{ replied: number }>(
      'select replied from campaign_runs where id = $1',
      [run]
    )
    assert.equal(replied, 2)
    assert.isEmpty(await suppressedOf(accountId))
  })

  test('ends the messages with a word, in any spelling, and asks for them again with another', async ({
    assert,
  }) => {
    const { run, accountId, first } = await aRun()
    await report(message(first, 'Arrêt svp'))
    assert.deepEqual(await suppressedOf(accountId), [{ address: first, reason: 'unsubscribed' }])
    const [{ unsubscribed }] = await sql<{ unsubscribed: number }>(
      'select unsubscribed from campaign_runs where id = $1',
      [run]
    )
    assert.equal(unsubscribed, 1)
    assert.isEmpty(await conversationsOf(accountId))
    await report(message(first, 'OUI'))
    assert.isEmpty(await suppressedOf(accountId))
  })

  test('changes nothing when it is told again after another campaign, nor what was said since', async ({
    assert,
  }) => {
    const { accountId, first } = await aRun()
    const [hello, stop, yes] = ['Bonjour', 'STOP', 'OUI'].map((text) => message(first, text))
    await report(hello)
    await report(stop)
    await report(yes)
    const later = await aSentRun()
    await sql('update deliveries set address = $2 where run_id = $1 and seq = 1', [later, first])
    await sql('update campaign_runs set account_id = $2 where id = $1', [later, accountId])
    assert.include(await report(hello, stop), { recorded: 0, repeated: 2 })
    assert.isEmpty(await suppressedOf(accountId))
    assert.include((await conversationsOf(accountId))[0], { unread: 1 })
    await report(message(first, 'STOP'))
    assert.include(await report(yes), { repeated: 1 })
    assert.lengthOf(await suppressedOf(accountId), 1)
  })

  test('does not bring back who is suppressed for another reason', async ({ assert }) => {
    const { run, accountId, first } = await aRun()
    await report({
      kind: 'receipt',
      id: randomUUID(),
      at: new Date(),
      of: { providerKey: `key-${run}-1` },
      is: 'complained',
    })
    await report(message(first, 'START'))
    assert.deepEqual(await suppressedOf(accountId), [{ address: first, reason: 'complained' }])
  })

  test('reaches no account that has not written to them, nor one of another plugin', async ({
    assert,
  }) => {
    const { run, accountId, first } = await aRun()
    assert.include(await report(message('personne@nulle-part.example', 'Allô ?')), { parked: 1 })
    await sql(`update campaign_runs set plugin_id = 'email' where id = $1`, [run])
    assert.include(await report(message(first, 'Allô ?')), { parked: 1 })
    assert.include(
      await report(message(first, 'STOP', { inReplyTo: { deliveryId: `${run}.1` } })),
      { parked: 1 }
    )
    assert.isEmpty(await conversationsOf(accountId))
    assert.isEmpty(await suppressedOf(accountId))
  })

  test('is kept while what it answers is not known yet', async ({ assert }) => {
    const { run, accountId, first } = await aRun()
    const early = message(first, 'Déjà ?', { inReplyTo: { providerKey: `late-${run}` } })
    assert.include(await report(early), { parked: 1 })
    await sql(
      `update deliveries set provider_key = 'late-' || run_id where run_id = $1 and seq = 1`,
      [run]
    )
    await matchParked(factsPool())
    assert.include((await conversationsOf(accountId))[0], { address: first, unread: 1 })
  })

  test('is plain text, whatever it holds', async ({ assert }) => {
    const { accountId, first } = await aRun()
    await report(message(first, `<b>\0\ud800${'x'.repeat(20_000)}`))
    const [{ text }] = await sql<{ text: string }>(
      `select m.text from conversation_messages m join conversations c on c.id = m.conversation_id
        where c.account_id = $1`,
      [accountId]
    )
    assert.isTrue(text.startsWith('<b>\ufffdxxx'))
    assert.isAtMost(text.length, 10_000)
  })
})
