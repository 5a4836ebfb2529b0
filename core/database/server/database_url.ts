import { readFileSync } from 'node:fs'
import { dataFolder } from '../app_root.js'

/** File in which the embedded Postgres leaves its address while it runs */
export const embeddedUrlFile = () => dataFolder('postgres.url')

/**
 * Address of the database: `DATABASE_URL`, else the embedded Postgres that `npm start` keeps running.
 *
 * @returns a postgres:// address. When neither is there, one that refuses connections, so that commands
 * that need no database still work.
 */
export function databaseUrl(): string {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL
  try {
    return readFileSync(embeddedUrlFile(), 'utf8').trim()
  } catch {
    return 'postgres://griot@127.0.0.1:1/griot'
  }
}
