import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { sqliteConnection } from '#core/database/server/sqlite_connection'
import { Spool } from '#core/database/spool/spool'
import { SpoolFile } from '#core/database/spool/spool_file'
import { FactIntake } from '#core/facts/fact_intake'
import type { Fate, ReceivedFact } from '#core/facts/received_fact'

const fact = (id: string): ReceivedFact => ({
  pluginId: 'p',
  fact: { kind: 'receipt', id, at: new Date(), of: { providerKey: id }, is: 'delivered' },
})

function aSpool(): Spool<ReceivedFact> {
  const name = `facts ${randomUUID()}`
  db.manager.add(name, sqliteConnection(join(tmpdir(), `griot-facts-${randomUUID()}.sqlite`)))
  return new Spool({
    file: new SpoolFile(name),
    queue: 'facts',
    read: (body) => JSON.parse(body) as ReceivedFact,
  })
}

const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
const refusal = () => Object.assign(new Error('invalid byte sequence'), { code: '22021' })

test.group('Intake of facts', () => {
  test('writes together what is reported together, and gives everybody their own answer', async ({
    assert,
  }) => {
    const batches: number[] = []
    const intake = new FactIntake({
      spool: aSpool(),
      write: async (facts) => {
        batches.push(facts.length)
        await new Promise((resolve) => setTimeout(resolve, 5))
        return facts.map(({ fact: { id } }): Fate => (id === 'b' ? 'repeated' : 'recorded'))
      },
    })
    const answers = await Promise.all([
      intake.take([fact('a'), fact('b')]),
      intake.take([]),
      ...Array.from({ length: 98 }, () => intake.take([fact('c')])),
    ])
    assert.deepEqual(answers.slice(0, 3), [['recorded', 'repeated'], [], ['recorded']])
    assert.isBelow(batches.length, 4)
    assert.equal(
      batches.reduce((sum, n) => sum + n, 0),
      100
    )
  })

  test('keeps on disk what Postgres cannot take now, and brings it when it is back', async ({
    assert,
  }) => {
    const spool = aSpool()
    let there = false
    const written: string[] = []
    const intake = new FactIntake({
      spool,
      write: async (facts) => {
        if (!there) throw away()
        written.push(...facts.map((one) => one.fact.id))
        return facts.map((): Fate => 'recorded')
      },
    })
    assert.deepEqual(await intake.take([fact('a')]), ['recorded'])
    await intake.take([fact('b')])
    await intake.replay()
    assert.equal(await spool.size(), 2)
    there = true
    await intake.replay()
    assert.deepEqual(written, ['a', 'b'])
    assert.equal(await spool.size(), 0)
  })

  test('fails the one report that Postgres will never take, and no other', async ({ assert }) => {
    const intake = new FactIntake({
      spool: aSpool(),
      write: async (facts) => {
        if (facts.some((one) => one.fact.id === 'bad')) throw refusal()
        return facts.map((): Fate => 'recorded')
      },
    })
    const [good, bad, other] = await Promise.allSettled([
      intake.take([fact('a')]),
      intake.take([fact('bad')]),
      intake.take([fact('c')]),
    ])
    assert.deepEqual(
      [good.status, bad.status, other.status],
      ['fulfilled', 'rejected', 'fulfilled']
    )
  })

  test('tells the far side to send again when neither Postgres nor the disk takes it', async ({
    assert,
  }) => {
    const spool = aSpool()
    spool.append = () => Promise.reject(new Error('disk full'))
    const intake = new FactIntake({ spool, write: () => Promise.reject(away()) })
    await assert.rejects(() => intake.take([fact('a')]), 'disk full')
  })
})
