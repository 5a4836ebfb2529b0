import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Keeps the last known flags in a file, for the next start without the server. The client's own ways are not used: an
 * inline bootstrap overwrites the backup before it is read, and its file provider writes in place, so that two starts
 * at once leave broken JSON.
 */
export class FlagStore {
  /**
   * @param folder where the backup lies
   * @param seed flags of the package, for a first start; never empty, since an empty list is ignored
   */
  constructor(
    private readonly folder: string,
    private readonly seed: object
  ) {}

  #file(key: string): string {
    return join(this.folder, `flags-${key.replace(/[^\w.-]/g, '_')}.json`)
  }

  async get(key: string): Promise<object | undefined> {
    try {
      return JSON.parse(await readFile(this.#file(key), 'utf8')) as object
    } catch {
      return this.seed
    }
  }

  /** Written beside and renamed: a reader sees the old file or the new one */
  async set(key: string, data: object): Promise<void> {
    const file = this.#file(key)
    await mkdir(dirname(file), { recursive: true })
    const beside = `${file}.${process.pid}.${randomUUID()}`
    await writeFile(beside, JSON.stringify(data))
    await rename(beside, file)
  }
}
