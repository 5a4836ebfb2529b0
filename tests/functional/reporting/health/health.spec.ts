import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { sql } from '#core/database/sql'

test.group('Health', () => {
  test('says that the process lives, that Postgres answers and that its tables are of this version', async ({
    client,
    assert,
  }) => {
    const page = await client.get('/health')
    page.assertStatus(200)
    assert.containsSubset(page.body(), {
      live: true,
      ready: true,
      database: true,
      migrations_missing: 0,
    })
    ;(await client.get('/health/ready')).assertStatus(200)
    ;(await client.get('/health/live')).assertStatus(200)
  })

  test('is not ready while Postgres cannot be reached, and lives all the same', async ({
    client,
    assert,
  }) => {
    const node = db.manager.get('pg')
    if (!node) throw new Error('no connection')
    const { config } = node
    await db.manager.close('pg')
    db.manager.patch('pg', {
      ...config,
      connection: { connectionString: 'postgres://127.0.0.1:1/nowhere' },
    } as typeof config)
    try {
      const ready = await client.get('/health/ready')
      ready.assertStatus(503)
      assert.deepEqual(ready.body(), { ready: false })
      const page = await client.get('/health')
      page.assertStatus(503)
      assert.containsSubset(page.body(), { live: true, database: false, migrations_missing: null })
      ;(await client.get('/health/live')).assertStatus(200)
    } finally {
      await db.manager.close('pg')
      db.manager.patch('pg', config)
    }
    ;(await client.get('/health/ready')).assertStatus(200)
  })

  test('is not ready before a migration of this version was run', async ({ client, assert }) => {
    const name = 'database/migrations/012_workers'
    await sql(`update adonis_schema set name = 'elsewhere' where name = $1`, [name])
    try {
      const page = await client.get('/health')
      page.assertStatus(503)
      assert.containsSubset(page.body(), { database: true, migrations_missing: 1 })
    } finally {
      await sql(`update adonis_schema set name = $1 where name = 'elsewhere'`, [name])
    }
  })
})
