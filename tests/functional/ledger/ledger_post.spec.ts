import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import fc from 'fast-check'
import type pg from 'pg'
import { createPool } from '#core/database/pool'

/*
| Many workers post at once through ledger_post, with keys that collide and requests that repeat. Whatever the order:
| the books close, a key has one effect, nothing falls below its floor, and a replay in memory comes to the same balances.
*/

type Operation =
  | {
      readonly kind: 'credit'
      readonly wallet: number
      readonly amount: number
      readonly key: number
    }
  | {
      readonly kind: 'hold' | 'release'
      readonly wallet: number
      readonly escrow: number
      readonly amount: number
      readonly key: number
    }
  | {
      readonly kind: 'capture'
      readonly escrow: number
      readonly amount: number
      readonly key: number
    }

type Posting = { readonly from: string; readonly to: string; readonly amount: number }
type Answer =
  { readonly id: bigint; readonly replayed: boolean } | { readonly refused: 'floor' | 'conflict' }

const WALLETS = 3
const ESCROWS = 4
const KEYS = 40

const key = fc.nat(KEYS)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constant('credit' as const),
    wallet: fc.nat(WALLETS - 1),
    amount: fc.integer({ min: 1, max: 50_000 }),
    key,
  }),
  fc.record({
    kind: fc.constant('hold' as const),
    wallet: fc.nat(WALLETS - 1),
    escrow: fc.nat(ESCROWS - 1),
    amount: fc.integer({ min: 1, max: 40_000 }),
    key,
  }),
  fc.record({
    kind: fc.constant('release' as const),
    wallet: fc.nat(WALLETS - 1),
    escrow: fc.nat(ESCROWS - 1),
    amount: fc.integer({ min: 1, max: 40_000 }),
    key,
  }),
  fc.record({
    kind: fc.constant('capture' as const),
    escrow: fc.nat(ESCROWS - 1),
    amount: fc.integer({ min: 1, max: 9_000 }),
    key,
  })
)

/** The accounts of one trial, apart from those of all others */
class Books {
  readonly space = randomUUID()
  constructor(readonly pool: pg.Pool) {}

  wallet = (n: number) => `wallet:${this.space}:${n}`
  escrow = (n: number) => `escrow:${this.space}:${n}`
  outside = `clearing:${this.space}`
  revenue = `revenue:${this.space}`

  async open(): Promise<this> {
    const accounts = [
      [this.outside, 'clearing', null],
      [this.revenue, 'revenue', null],
      ...Array.from({ length: WALLETS }, (_, n) => [this.wallet(n), 'wallet', 0]),
      ...Array.from({ length: ESCROWS }, (_, n) => [this.escrow(n), 'escrow', 0]),
    ]
    for (const [name, kind, floor] of accounts)
      await this.pool.query(`select ledger_open($1, $2, 'XOF', null, $3)`, [name, kind, floor])
    return this
  }

  postings(o: Operation): Posting[] {
    switch (o.kind) {
      case 'credit':
        return [{ from: this.outside, to: this.wallet(o.wallet), amount: o.amount }]
      case 'hold':
        return [{ from: this.wallet(o.wallet), to: this.escrow(o.escrow), amount: o.amount }]
      case 'release':
        return [{ from: this.escrow(o.escrow), to: this.wallet(o.wallet), amount: o.amount }]
      case 'capture':
        return [{ from: this.escrow(o.escrow), to: this.revenue, amount: o.amount }]
    }
  }

  async post(name: string, kind: string, postings: readonly Posting[]): Promise<Answer> {
    try {
      const { rows } = await this.pool.query<{ transaction_id: bigint; replayed: boolean }>(
        'select transaction_id, replayed from ledger_post($1, $2, $3::jsonb)',
        [`${this.space}:${name}`, kind, JSON.stringify(postings)]
      )
      return { id: rows[0].transaction_id, replayed: rows[0].replayed }
    } catch (error) {
      const { constraint, code } = error as { constraint?: string; code?: string }
      if (constraint === 'balance_floor') return { refused: 'floor' }
      if (code === 'LG409') return { refused: 'conflict' }
      throw error
    }
  }

  async balances(): Promise<Map<string, bigint>> {
    const { rows } = await this.pool.query<{ key: string; balance: bigint }>(
      'select key, balance from ledger_accounts where key like $1',
      [`%${this.space}%`]
    )
    return new Map(rows.map((row) => [row.key, row.balance]))
  }

  /** Entries in the order in which each account lived them */
  async entries(): Promise<{ key: string; amount: bigint; balance_after: bigint }[]> {
    const { rows } = await this.pool.query<{ key: string; amount: bigint; balance_after: bigint }>(
      `select a.key, e.amount, e.balance_after from ledger_entries e join ledger_accounts a on a.id = e.ledger_account_id
        where a.key like $1 order by a.id, e.account_version`,
      [`%${this.space}%`]
    )
    return rows
  }

  async transactions(): Promise<number> {
    const { rows } = await this.pool.query<{ n: number }>(
      'select count(*)::int n from ledger_transactions where idempotency_key like $1',
      [`${this.space}:%`]
    )
    return rows[0].n
  }
}

const atOnce = (workers: number, work: () => Promise<void>) =>
  Promise.all(Array.from({ length: workers }, work))

test.group('ledger_post', (group) => {
  let pool: pg.Pool
  group.setup(() => {
    pool = createPool({ max: 8, name: 'ledger tests' })
    return () => pool.end()
  })

  test('keeps the books whatever many workers post at once', async ({ assert }) => {
    const trial = fc.asyncProperty(
      fc.array(operation, { minLength: 30, maxLength: 140 }),
      fc.integer({ min: 2, max: 8 }),
      async (drawn, workers) => {
        const books = await new Books(pool).open()
        /** A third of the requests come again later */
        const operations = [...drawn, ...drawn.filter((_, n) => n % 3 === 0)]
        const effects = new Map<string, { body: string; id: bigint; postings: Posting[] }>()
        let next = 0

        await atOnce(workers, async () => {
          for (let n = next++; n < operations.length; n = next++) {
            const one = operations[n]
            const name = `${one.kind}:${one.key}`
            const postings = books.postings(one)
            const body = JSON.stringify(postings)
            const answer = await books.post(name, one.kind, postings)
            if ('refused' in answer) continue
            const before = effects.get(name)
            assert.isTrue(
              !before || (before.body === body && before.id === answer.id),
              `the key ${name} had two effects`
            )
            effects.set(name, { body, id: answer.id, postings })
          }
        })

        assert.equal(await books.transactions(), effects.size)
        const model = new Map([...(await books.balances()).keys()].map((name) => [name, 0n]))
        for (const { postings } of effects.values()) {
          for (const { from, to, amount } of postings) {
            model.set(from, (model.get(from) ?? 0n) - BigInt(amount))
            model.set(to, (model.get(to) ?? 0n) + BigInt(amount))
          }
        }
        assert.deepEqual([...(await books.balances())].sort(), [...model].sort())

        const replay = new Map<string, bigint>()
        for (const entry of await books.entries()) {
          const balance = (replay.get(entry.key) ?? 0n) + entry.amount
          replay.set(entry.key, balance)
          assert.equal(balance, entry.balance_after)
          if (/^(wallet|escrow):/.test(entry.key))
            assert.isTrue(balance >= 0n, `${entry.key} fell below zero`)
        }
      }
    )
    await fc.assert(trial, { numRuns: 12, endOnFailure: true })
    assert.deepEqual((await pool.query('select * from ledger_invariants')).rows, [])
  }).timeout(120_000)

  test('does not deadlock when money goes both ways at once', async ({ assert }) => {
    const books = await new Books(pool).open()
    for (const n of [0, 1, 2])
      await books.post(`fill:${n}`, 'credit', [
        { from: books.outside, to: books.wallet(n), amount: 1_000_000 },
      ])

    let n = 0
    await atOnce(8, async () => {
      for (let turn = 0; turn < 60; turn++) {
        const here = n++
        const [a, b, c] = [here % 3, (here + 1 + (here % 2)) % 3, (here + 2 - (here % 2)) % 3].map(
          books.wallet
        )
        const answer = await books.post(`swap:${here}`, 'test', [
          { from: a, to: b, amount: 7 },
          { from: b, to: c, amount: 5 },
        ])
        assert.isFalse('refused' in answer)
      }
    })

    const balances = await books.balances()
    assert.equal(
      [0, 1, 2].reduce((total, wallet) => total + (balances.get(books.wallet(wallet)) ?? 0n), 0n),
      3_000_000n
    )
    assert.equal(await books.transactions(), 483)
    assert.deepEqual((await pool.query('select * from ledger_invariants')).rows, [])
  }).timeout(60_000)

  test('gives the first result again for the same request, and refuses the key for another', async ({
    assert,
  }) => {
    const books = await new Books(pool).open()
    const credit = (amount: number) =>
      books.post('one', 'credit', [{ from: books.outside, to: books.wallet(0), amount }])
    const first = await credit(500)
    assert.deepEqual(await credit(500), { ...first, replayed: true })
    assert.deepEqual(await credit(501), { refused: 'conflict' })
    assert.equal((await books.balances()).get(books.wallet(0)), 500n)
  })

  test('posts once when the same request comes many times at the same moment', async ({
    assert,
  }) => {
    const books = await new Books(pool).open()
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        books.post('click', 'credit', [{ from: books.outside, to: books.wallet(0), amount: 900 }])
      )
    )
    assert.equal(answers.filter((answer) => 'replayed' in answer && !answer.replayed).length, 1)
    assert.equal((await books.balances()).get(books.wallet(0)), 900n)
  })

  test('moves nothing when one of several postings is refused', async ({ assert }) => {
    const books = await new Books(pool).open()
    await books.post('fill', 'credit', [{ from: books.outside, to: books.wallet(0), amount: 100 }])
    const answer = await books.post('both', 'hold', [
      { from: books.wallet(0), to: books.escrow(0), amount: 60 },
      { from: books.wallet(1), to: books.escrow(0), amount: 1 },
    ])
    assert.deepEqual(answer, { refused: 'floor' })
    assert.equal((await books.balances()).get(books.wallet(0)), 100n)
    assert.equal(await books.transactions(), 1)
  })

  for (const [name, postings] of Object.entries({
    'an amount of zero': [{ from: 'a', to: 'b', amount: 0 }],
    'a negative amount': [{ from: 'a', to: 'b', amount: -5 }],
    'a fraction': [{ from: 'a', to: 'b', amount: 1.5 }],
    'money from an account to itself': [{ from: 'a', to: 'a', amount: 5 }],
    'no posting at all': [],
  })) {
    test(`refuses ${name}`, async ({ assert }) => {
      await assert.rejects(
        () =>
          pool.query('select ledger_post($1, $2, $3::jsonb)', [
            randomUUID(),
            'test',
            JSON.stringify(postings),
          ]),
        /bad posting/
      )
    })
  }
})
