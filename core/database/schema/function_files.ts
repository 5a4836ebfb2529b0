import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { APP_ROOT } from '../app_root.js'

/** Where the functions of the database stand, one a file named like it */
const FOLDER = new URL('database/functions/', APP_ROOT)

export type FunctionFile = {
  readonly name: string
  readonly text: string
  readonly digest: string
  /** Whom it belongs to and runs as; the migrating user when null */
  readonly role: string | null
}

/** The functions of the database as they stand in their files, by name */
export async function functionFiles(): Promise<FunctionFile[]> {
  const names = (await readdir(FOLDER)).filter((file) => file.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(new URL(file, FOLDER), 'utf8')
      return {
        name: file.slice(0, -'.sql'.length),
        text,
        digest: createHash('sha256').update(text).digest('hex'),
        role: /^-- role: (\w+)$/m.exec(text)?.[1] ?? null,
      }
    })
  )
}
