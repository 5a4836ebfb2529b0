import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MeasureContext } from '#start/measure'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { createList } from '#core/audience/lists/create_list'
import { importContacts } from '#core/audience/imports/import_contacts'
import { startImport, uploadImport } from '#core/audience/imports/start_import'

export type ImportFigures = {
  readonly rows: number
  /** From the queued job to the committed merge */
  readonly rows_per_second: number
  readonly rss_mb_start: number
  readonly rss_mb_peak: number
  readonly created: number
}

/**
 * Imports a file as a French spreadsheet exports it into an empty account, through the same verbs as the portal.
 * Needs a booted application on a migrated database, which keeps the contacts; give it one to throw away.
 */
export async function benchImport({ options }: MeasureContext): Promise<ImportFigures> {
  const rows = Number(options.rows)
  const folder = await mkdtemp(join(tmpdir(), 'griot-bench-'))
  const path = join(folder, 'contacts.csv')
  try {
    await writeContacts(path, rows)
    const account = await sql<{ id: string }>(
      `insert into accounts (name) values ('Bench') returning id`
    )
    const accountId = account[0]!.id
    const list = await createList({ accountId, name: 'Bench', by: SYSTEM })
    const upload = await uploadImport({
      accountId,
      path,
      fileName: 'contacts.csv',
      country: 'CI',
      by: SYSTEM,
      take: true,
    })
    await startImport({ accountId, importId: upload.id, listId: list.id })

    const start = megabytes()
    let peak = start
    const watch = setInterval(() => (peak = Math.max(peak, megabytes())), 100)
    const from = performance.now()
    const counts = await importContacts({ importId: upload.id })
    const seconds = (performance.now() - from) / 1_000
    clearInterval(watch)
    return {
      rows,
      rows_per_second: Math.round(rows / seconds),
      rss_mb_start: start,
      rss_mb_peak: peak,
      created: counts?.created ?? 0,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const megabytes = () => Math.round(process.memoryUsage.rss() / 1_048_576)

const FIRST = ['Aminata', 'Zoé', 'Koffi', 'Aïcha', 'François', 'Ndeye', 'Sékou', 'Chloé']
const LAST = ['Kaboré', 'Koné', 'Mensah', 'Camara', "N'Guessan", 'Ouédraogo', "d'Almeida"]
const CITIES = ['Abidjan', 'Bouaké', 'Dakar', 'Bobo-Dioulasso', 'Lomé', 'Yamoussoukro']
const CONSENT = ['oui', 'Oui', 'OUI', 'non', '']
const NOTES = [
  '',
  'VIP',
  '"a dit ""rappelez-moi"""',
  '"budget; 50 000"',
  '"ligne 1\nligne 2"',
  '-2',
]

/** One row in thirty has a bad address, one in thirty repeats another */
async function writeContacts(path: string, rows: number) {
  const file = createWriteStream(path)
  file.write(
    '\ufeffPrénom;Nom;Adresse e-mail;Téléphone;Ville;Date de naissance;Montant dernier achat;Consentement;Remarque\r\n'
  )
  let text = ''
  for (let row = 0; row < rows; row++) {
    const pick = (list: readonly string[], salt: number) => list[(row * 7 + salt) % list.length]!
    const number = row % 30 === 17 ? row - 5 : row
    const email = row % 30 === 11 ? 'n/a' : `contact.${number}@example-${number % 40}.com`
    const phone = `+225 07 ${String(10_000_000 + (row % 90_000_000)).replace(/(\d\d)(?=\d)/g, '$1 ')}`
    text += `${pick(FIRST, 1)};${pick(LAST, 2)};${email};${phone};${pick(CITIES, 3)};09/12/2001;235 605,13;${pick(CONSENT, 4)};${pick(NOTES, 5)}\r\n`
    if (text.length > 262_144) {
      if (!file.write(text)) await once(file, 'drain')
      text = ''
    }
  }
  file.end(text)
  await once(file, 'close')
}
