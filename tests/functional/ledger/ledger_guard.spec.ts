import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import type pg from 'pg'
import { createPool } from '#core/database/pool'

/** Who owns the tables: what the application signs in as */
async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'nothing was refused'
  } catch (error) {
    return String((error as { code?: string }).code)
  }
}

test.group('The guard of the ledger', (group) => {
  let pool: pg.Pool
  let wallet: string
  let outside: string
  let transaction: bigint
  group.setup(() => {
    pool = createPool({ max: 2, name: 'ledger guard tests' })
    return () => pool.end()
  })
  group.each.setup(async () => {
    const space = randomUUID()
    wallet = `wallet:${space}`
    outside = `clearing:${space}`
    await pool.query(
      `select ledger_open($1, 'wallet', 'XOF', null, 0), ledger_open($2, 'clearing', 'XOF', null, null)`,
      [wallet, outside]
    )
    const { rows } = await pool.query<{ id: bigint }>(
      'select transaction_id id from ledger_post($1, $2, $3::jsonb)',
      [space, 'credit', JSON.stringify([{ from: outside, to: wallet, amount: 1_000 }])]
    )
    transaction = rows[0].id
  })

  test('refuses the owner of the tables to write them', async ({ assert }) => {
    const insert = `insert into ledger_entries (transaction_id, ledger_account_id, amount, balance_after, account_version) select $1, id, 5, 1005, 2 from ledger_accounts where key = $2`
    assert.equal(await codeOf(() => pool.query(insert, [transaction, wallet])), 'LG007')
    assert.equal(
      await codeOf(() =>
        pool.query(
          `insert into ledger_transactions (idempotency_key, request_hash, kind, currency, effective_at) values ($1, '', 'x', 'XOF', now())`,
          [randomUUID()]
        )
      ),
      'LG007'
    )
    assert.equal(
      await codeOf(() =>
        pool.query(
          `insert into ledger_accounts (key, kind, currency, balance) values ($1, 'wallet', 'XOF', 1000000)`,
          [randomUUID()]
        )
      ),
      'LG007'
    )
    assert.equal(
      await codeOf(() =>
        pool.query('update ledger_accounts set balance = balance + 1000 where key = $1', [wallet])
      ),
      'LG007'
    )
  })

  test('refuses everybody to change or remove what was posted', async ({ assert }) => {
    for (const table of ['ledger_entries', 'ledger_transactions']) {
      assert.equal(
        await codeOf(() => pool.query(`update ${table} set created_at = now()`)),
        'LG001'
      )
      assert.equal(await codeOf(() => pool.query(`delete from ${table}`)), 'LG001')
    }
    assert.equal(
      await codeOf(() => pool.query('delete from ledger_accounts where key = $1', [wallet])),
      'LG001'
    )
    assert.equal(await codeOf(() => pool.query('truncate ledger_entries')), 'LG001')
  })

  test('refuses an entry that is added later to an old transaction', async ({ assert }) => {
    const other = `clearing:${randomUUID()}`
    await pool.query(`select ledger_open($1, 'clearing', 'XOF', null, null)`, [other])
    const client = await pool.connect()
    try {
      const code = await codeOf(async () => {
        await client.query('begin')
        /** Even the one role that may insert */
        await client.query('set local role griot_ledger')
        await client.query(
          `insert into ledger_entries (transaction_id, ledger_account_id, amount, balance_after, account_version)
           select $1, id, 5, 5, 1 from ledger_accounts where key = $2`,
          [transaction, other]
        )
        await client.query('commit')
      })
      await client.query('rollback')
      assert.equal(code, 'LG002')
    } finally {
      client.release()
    }
    const { rows } = await pool.query<{ n: number }>(
      'select count(*)::int n from ledger_entries where transaction_id = $1',
      [transaction]
    )
    assert.equal(rows[0].n, 2)
  })

  test('refuses one account under another kind or currency', async ({ assert }) => {
    assert.equal(
      await codeOf(() => pool.query(`select ledger_open($1, 'escrow', 'XOF', null, 0)`, [wallet])),
      'LG008'
    )
    assert.equal(
      await codeOf(() => pool.query(`select ledger_open($1, 'wallet', 'XAF', null, 0)`, [wallet])),
      'LG008'
    )
  })
})
