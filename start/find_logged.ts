import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { dataFolder } from '#core/database/app_root'

type Line = {
  readonly time?: number
  readonly request_id?: string
  readonly msg?: string
  readonly err?: { readonly stack?: string; readonly message?: string; readonly code?: string }
}

/**
 * Lines of the log files of the data folder that belong to one request, as people read them: the time, the process, what was said,
 * and where it happened.
 *
 * @param reference the id of the request
 * @returns an entry a line, oldest first; empty when no file knows it
 */
export async function findLogged(reference: string): Promise<string[]> {
  const folder = dataFolder('log')
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const found: { at: number; text: string }[] = []
  for (const file of files) {
    const lines = createInterface({ input: createReadStream(`${folder}/${file}`) })
    for await (const line of lines) {
      if (!line.includes(reference)) continue
      const entry = read(line)
      if (entry?.request_id === reference)
        found.push({ at: entry.time ?? 0, text: inWords(entry, file) })
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ text }) => text)
}

/** A line that was cut when its process ended is none */
function read(line: string): Line | null {
  try {
    return JSON.parse(line) as Line
  } catch {
    return null
  }
}

function inWords(entry: Line, file: string): string {
  const at = new Date(entry.time ?? 0).toISOString()
  const where = file.replace(/\.\d+\.log$/, '')
  return [`${at} ${where}: ${entry.msg ?? entry.err?.message ?? ''}`, entry.err?.stack]
    .filter(Boolean)
    .join('\n')
}
