import { readFile } from 'node:fs/promises'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { databaseUrl } from '#core/database/server/database_url'
import { describeSchema } from '#core/database/schema/describe_schema'
import { DatabaseTooOldError } from '#core/database/errors'
import { migrateCore } from '#core/database/schema/migrate'
import { sql } from '#core/database/sql'
import { runCommand } from '#start/child_processes'

test.group('The schema', () => {
  test('is the one that is written down', async ({ assert }) => {
    const written = await readFile(app.makePath('database/schema.sql'), 'utf8')
    assert.equal(
      await describeSchema(),
      written,
      'database/schema.sql is not the schema: run ./ace schema:write'
    )
  })

  test('is taken down whole, and made again', async ({ assert, cleanup }) => {
    await db.rawQuery('create database taken_down')
    const url = new URL(databaseUrl())
    url.pathname = '/taken_down'
    db.manager.add('taken_down', {
      client: 'pg',
      connection: url.href,
    })
    cleanup(async () => {
      await db.manager.close('taken_down', true)
      await db.rawQuery('drop database taken_down with (force)')
    })
    const migrate = (...words: string[]) =>
      runCommand({
        root: app.appRoot,
        args: ['migrate', ...words],
        env: { ...process.env, DATABASE_URL: url.href },
      })
    const described = () => describeSchema(db.connection('taken_down'))

    await migrate()
    const made = await described()
    assert.equal(made, await describeSchema())
    await migrate('--down')
    assert.equal((await described()).trim(), '')
    await migrate()
    assert.equal(await described(), made)
  }).timeout(90_000)

  test('of an earlier version is refused, and nothing of it is touched', async ({
    assert,
    cleanup,
  }) => {
    await sql(
      `insert into adonis_schema (name, batch, migration_time) values ('database/migrations/050_windows', 1, now())`
    )
    cleanup(() =>
      sql(`delete from adonis_schema where name = 'database/migrations/050_windows'`).then(
        () => undefined
      )
    )
    const before = await describeSchema()
    await assert.rejects(() => migrateCore(), DatabaseTooOldError)
    await assert.rejects(() => migrateCore({ direction: 'down' }), /050_windows.*DATABASE_URL/)
    assert.equal(await describeSchema(), before)
  })
})
