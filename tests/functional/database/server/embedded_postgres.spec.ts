import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import pg from 'pg'
import { startEmbeddedPostgres } from '#core/database/server/embedded_postgres'
import { explainPostgres } from '#core/database/server/explain_postgres'

const asRoot = process.getuid?.() === 0

test.group('The embedded database', (group) => {
  let home: string
  group.each.setup(() => {
    /** Private, as the home of root is: the unprivileged user that runs the server cannot walk through it */
    home = mkdtempSync(join(tmpdir(), 'griot-private-'))
    return () => rmSync(home, { recursive: true, force: true })
  })
  const start = (folder: string) => startEmbeddedPostgres({ folder, durable: false })

  test('starts inside a folder that is closed to others, keeps its data, and says when another uses it', async ({
    assert,
  }) => {
    const folder = join(home, 'var/postgres')
    const first = await start(folder)
    try {
      const client = new pg.Client({ connectionString: first.url })
      await client.connect()
      await client.query('create table kept (id int)')
      await client.end()
      await assert.rejects(() => start(folder), /^Another Griot is using .*GRIOT_DATA\.$/)
    } finally {
      await first.stop()
    }
    const second = await start(folder)
    try {
      const client = new pg.Client({ connectionString: second.url })
      await client.connect()
      const { rows } = await client.query(`select to_regclass('kept')::text name`)
      assert.equal(rows[0].name, 'kept')
      await client.end()
    } finally {
      await second.stop()
    }

    /** What was damaged is never overwritten: the password beside it stays */
    rmSync(join(folder, 'global'), { recursive: true })
    await assert.rejects(
      () => start(folder),
      /does not start; it may be damaged\. Restore a backup/
    )
    writeFileSync(join(folder, 'PG_VERSION'), '17\n')
    await assert.rejects(() => start(folder), /was made by another version of Postgres/)
    rmSync(join(folder, 'PG_VERSION'))
    await assert.rejects(() => start(folder), /holds files but no whole database/)
    assert.isTrue(existsSync(`${folder}.password`))
  }).timeout(60_000)

  test('refuses a folder of somebody else and a file in its place, naming the cure', async ({
    assert,
  }) => {
    const taken = join(home, 'taken')
    writeFileSync(taken, '')
    await assert.rejects(
      () => start(join(taken, 'postgres')),
      /taken is a file, and the data needs a folder there/
    )
    /** Only root can give a folder away */
    if (!asRoot) return
    const foreign = join(home, 'foreign')
    mkdirSync(foreign)
    chownSync(foreign, 4242, 4242)
    await assert.rejects(() => start(foreign), /belongs to another user \(uid 4242\)/)
  })

  test('turns what Postgres says into a sentence and a cure', ({ assert }) => {
    const say = (output: string, ran = false) =>
      explainPostgres({ output, folder: '/data/postgres', ran })
    assert.match(
      say('FATAL: could not write lock file "postmaster.pid": No space left on device'),
      /^The disk that holds \/data\/postgres is full\./
    )
    assert.match(say('could not extend file "x": wrote only 4096 of 8192 bytes'), /is full/)
    assert.match(
      say('password authentication failed for user "postgres"'),
      /\/data\/postgres\.password is not the one/
    )
    assert.match(say('PANIC: whatever', true), /ended by itself\. Start again/)
  })
})
