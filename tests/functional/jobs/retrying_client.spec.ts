import { test } from '@japa/runner'
import pg from 'pg'
import { databaseUrl } from '#core/database/server/database_url'
import { freePort } from '#core/database/server/embedded_postgres'
import { RetryingClient } from '#core/jobs/retrying_client'

const codeOf = (error: unknown) => (error as { code?: string }).code
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error
  )

test.group('The client of the job queue', (group) => {
  let pool: pg.Pool
  group.each.setup(() => {
    pool = new pg.Pool({ connectionString: databaseUrl(), max: 2, Client: RetryingClient as never })
    pool.on('error', () => undefined)
    return () => pool.end()
  })

  test('asks to try again when its connection is cut while it waits', async ({ assert }) => {
    const client = await pool.connect()
    client.on('error', () => undefined)
    const { rows } = await client.query('select pg_backend_pid() pid')
    const waiting = failureOf(client.query('select pg_sleep(30)'))
    await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
    const error = await waiting
    assert.equal(codeOf(error), 'ETIMEDOUT')
    assert.equal(codeOf((error as Error).cause), '57P01')
    client.release(true)
  })

  test('asks to try again when nobody listens', async ({ assert }) => {
    const url = new URL(databaseUrl())
    url.port = String(await freePort())
    const away = new pg.Pool({ connectionString: url.href, Client: RetryingClient as never })
    const error = await failureOf(away.connect())
    assert.equal(codeOf(error), 'ETIMEDOUT')
    assert.equal(codeOf((error as Error).cause), 'ECONNREFUSED')
    await away.end()
  })

  test('leaves other errors, and those that the queue knows, as they are', async ({ assert }) => {
    assert.equal(codeOf(await failureOf(pool.query('select nothing'))), '42703')
    const raise = `do $$ begin raise exception 'again' using errcode = '40001'; end $$`
    assert.equal(codeOf(await failureOf(pool.query(raise))), '40001')
  })
})
