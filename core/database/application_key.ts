import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { dataFolder } from './app_root.js'

/**
 * The key that encrypts secrets at rest and signs links. `APP_KEY` in production; elsewhere one is made
 * at the first start and kept in the data folder, so that a newcomer needs no setting.
 *
 * @throws Error when production has no APP_KEY, or the key is shorter than 32 characters
 */
export function applicationKey(): string {
  const given = process.env.APP_KEY
  if (given) {
    if (given.length < 32) throw new Error('APP_KEY must have at least 32 characters')
    return given
  }
  if (process.env.NODE_ENV === 'production') {
    throw new Error('Set APP_KEY: 32 random characters or more. "./ace generate:key" makes one.')
  }

  const file = dataFolder('app_key')
  mkdirSync(dirname(file), { recursive: true })
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8').trim()
}
