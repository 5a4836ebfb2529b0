import { inTransaction } from '#core/database/in_transaction'
import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import User from '#core/identity/models/user'
import { SYSTEM } from '#core/database/actor'
import { creditWallet } from '#core/ledger/credit_wallet'
import { holdFunds } from '#core/ledger/hold_funds'
import { releaseHold } from '#core/ledger/release_hold'
import { walletPage } from '#core/ledger/wallet_page'
import { aClient, type Client } from '#tests/line_kit'

const credit = (client: Client, amount: bigint, reason = 'Virement reçu') =>
  creditWallet({
    accountId: client.accountId,
    currency: 'XOF',
    amount,
    reason,
    by: SYSTEM,
    key: randomUUID(),
  })

async function holdAndRelease(client: Client, amount: bigint): Promise<string> {
  const hold = {
    campaignId: randomUUID(),
    accountId: client.accountId,
    n: 1,
    currency: 'XOF',
    label: 'Soldes de novembre',
  }
  await inTransaction((trx) => holdFunds({ ...hold, amount, trx }))
  await inTransaction((trx) => releaseHold({ ...hold, trx }))
  return hold.campaignId
}

test.group('The wallet in the portal', () => {
  test('shows what there is and each movement with its balance, source and reference', async ({
    client,
    assert,
  }) => {
    const one = await aClient({ credit: 50_000n })
    const campaignId = await holdAndRelease(one, 12_000n)
    const page = await client
      .get('/portal/wallet')
      .withGuard('portal')
      .loginAs(await User.findOrFail(one.userId))

    page.assertStatus(200)
    const text = page.text().replace(/[\u00a0\u202f]/g, ' ')
    for (const words of [
      'Disponible',
      'Réservé',
      'Débité',
      'Remboursé',
      '50 000 F CFA',
      'Recharge',
      'Somme réservée',
      'Remboursement',
      '− 12 000 F CFA',
      '+ 12 000 F CFA',
      '38 000 F CFA',
    ]) {
      assert.include(text, words)
    }
    assert.include(text, `/portal/campaigns/${campaignId}`)
    assert.match(text, /M-\d+/)
    assert.include(text, 'Demandez une recharge à l’équipe')
  })

  test('tells the four sums apart', async ({ assert }) => {
    const one = await aClient({ credit: 50_000n })
    await holdAndRelease(one, 12_000n)
    const hold = {
      campaignId: randomUUID(),
      accountId: one.accountId,
      n: 1,
      currency: 'XOF',
      label: 'En cours',
    }
    await inTransaction((trx) => holdFunds({ ...hold, amount: 5_000n, trx }))
    const { totals } = await walletPage({ accountId: one.accountId, currency: 'XOF', cursor: null })
    assert.deepEqual(totals, {
      available: 45_000n,
      held: 5_000n,
      charged: 0n,
      refunded: 12_000n,
      currency: 'XOF',
      movements: 4n,
    })
  })

  test('pages by key, both ways, and says which movements it shows', async ({ assert }) => {
    const one = await aClient({ credit: 0n })
    for (let n = 1; n <= 7; n++) await credit(one, BigInt(n))
    const read = (cursor: string | null) =>
      walletPage({ accountId: one.accountId, currency: 'XOF', cursor, size: 3 })

    const first = await read(null)
    assert.deepEqual(
      [first.movements.map((m) => m.amount), first.from, first.to, first.previous],
      [[7n, 6n, 5n], 1n, 3n, null]
    )
    const second = await read(first.next)
    assert.deepEqual(
      [second.movements.map((m) => m.amount), second.from, second.to, second.previous],
      [[4n, 3n, 2n], 4n, 6n, '']
    )
    const third = await read(second.next)
    assert.deepEqual([third.movements.map((m) => m.amount), third.next], [[1n], null])
    assert.deepEqual(
      (await read(third.previous)).movements.map((m) => m.amount),
      [4n, 3n, 2n]
    )
    assert.deepEqual(
      (await read('nonsense')).movements.map((m) => m.amount),
      [7n, 6n, 5n]
    )
  })

  test('exports bare integers beside their currency, and text that no spreadsheet runs', async ({
    client,
    assert,
  }) => {
    const one = await aClient({ credit: 0n })
    await credit(one, 250_000n, '=HYPERLINK("http://evil")')
    await holdAndRelease(one, 1_000n)
    const file = await client
      .get('/portal/wallet/movements.csv')
      .withGuard('portal')
      .loginAs(await User.findOrFail(one.userId))

    file.assertStatus(200)
    const lines = file.text().split('\r\n')
    assert.equal(
      lines[0].replace('\ufeff', ''),
      'date;transaction;libellé;référence;montant;solde_après;devise'
    )
    assert.match(lines[2], /;Somme réservée;Soldes de novembre;M-\d+;-1000;249000;XOF$/)
    assert.match(lines[3], /;Recharge;"'=HYPERLINK\(""http:\/\/evil""\)";M-\d+;250000;250000;XOF$/)
  })

  test('asks people to sign in', async ({ client }) => {
    const page = await client.get('/portal/wallet').redirects(0)
    page.assertStatus(302)
  })
})
