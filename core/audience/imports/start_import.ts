import { checkLists } from '../lists/check_lists.js'
import { inTransaction } from '#core/database/in_transaction'
import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Actor } from '#core/database/actor'
import { dataFolder } from '#core/database/app_root'
import { addJob } from '#core/jobs/add_job'
import { recordDeclaration, type ConsentDeclaration } from '../consent/declare_consent.js'
import {
  ConsentUnansweredError,
  ImportStartedError,
  MappingError,
  MappingTwiceError,
} from '../errors.js'
import { CONTACT_TARGETS, type ColumnTarget } from './guess_mapping.js'
import { inspectFile } from './inspect_file.js'
import Import from '../models/import.js'

/**
 * Takes in an uploaded file: looks at it, keeps it in the data folder, and proposes a mapping.
 *
 * @param o.path the file. It is moved when `take` is true and copied when not
 * @param o.fileName its name on the person's machine, for people
 * @param o.country ISO 3166 alpha-2 of phone numbers that name no country
 * @throws FileEmptyError, FileHeadingsOnlyError, FileNotTextError
 */
export async function uploadImport(o: {
  accountId: string
  path: string
  fileName: string
  country: string
  by: Actor
  take?: boolean
}): Promise<Import> {
  const inspected = await inspectFile(o.path)
  const filePath = dataFolder('imports', `${randomUUID()}.csv`)
  await mkdir(dirname(filePath), { recursive: true })
  await (o.take ? moveFile(o.path, filePath) : copyFile(o.path, filePath))

  const row = new Import()
  row.merge({
    accountId: o.accountId,
    createdBy: o.by.kind === 'user' ? o.by.id : null,
    fileName: basename(o.fileName).slice(0, 200) || 'contacts.csv',
    filePath,
    bytes: BigInt(inspected.bytes),
    encoding: inspected.encoding,
    separator: inspected.separator,
    lineEnds: inspected.lineEnds,
    headingLine: inspected.headingLine,
    columns: [...inspected.headings],
    mapping: [...inspected.mapping],
    country: o.country,
    state: 'uploaded',
  })
  return row.save()
}

/**
 * Starts the import of an uploaded file.
 *
 * @param o.mapping what each column becomes; the proposed mapping when absent
 * @param o.listId the list that the contacts join, null for none
 * @param o.declaration what the account says of everybody of whom the file says nothing: that they agreed, how and when
 * @param o.unasked nobody of whom the file says nothing was asked yet: no campaign will reach them
 * @throws ConsentUnansweredError when neither a column nor one of these says who agreed
 * @throws MappingError when no column is an address, MappingTwiceError when two are the same thing
 * @throws ImportStartedError when it was started before
 * @throws ListUnknownError when the account has no such list
 */
export async function startImport(o: {
  accountId: string
  importId: string
  mapping?: readonly ColumnTarget[] | undefined
  country?: string | undefined
  listId: string | null
  declaration?: ConsentDeclaration | null
  unasked?: boolean
}): Promise<Import> {
  return inTransaction(async (trx) => {
    const row = await Import.in(o.accountId, { client: trx })
      .where('id', o.importId)
      .forUpdate()
      .firstOrFail()
    if (row.state !== 'uploaded') throw new ImportStartedError()

    const mapping = row.columns.map((_, index) => (o.mapping ?? row.mapping)[index] ?? 'ignore')
    refuseBadMapping(mapping)
    if (!o.unasked && !o.declaration && !mapping.includes('consent'))
      throw new ConsentUnansweredError()
    if (o.listId)
      await checkLists({ accountId: o.accountId, listIds: [o.listId], field: 'list', trx })

    row.declarationId = o.declaration
      ? await recordDeclaration({
          accountId: o.accountId,
          declaration: o.declaration,
          userId: row.createdBy,
          trx,
        })
      : null
    row.merge({ mapping, country: o.country ?? row.country, listId: o.listId, state: 'queued' })
    await row.save()
    await addJob(
      'audience.import',
      { importId: row.id },
      { flags: [`account:${o.accountId}`], key: `import:${row.id}`, maxAttempts: 8, trx }
    )
    return row
  })
}

function refuseBadMapping(mapping: readonly ColumnTarget[]) {
  if (!mapping.includes('email') && !mapping.includes('phone')) throw new MappingError()
  const used = mapping.filter((target) => target !== 'ignore')
  const twice = used.find((target, index) => used.indexOf(target) !== index)
  if (twice) throw new MappingTwiceError(twice.replace(/^field:/, ''))
}

/** Says whether a text that came from a form is a target */
export function isColumnTarget(text: string): text is ColumnTarget {
  return (
    text === 'ignore' ||
    (CONTACT_TARGETS as readonly string[]).includes(text) ||
    /^field:[a-z][a-z0-9_]{0,39}$/.test(text)
  )
}

/**
 * Takes an import that was uploaded and never started away, with its file.
 *
 * @throws ImportStartedError when it was started
 * @throws E_ROW_NOT_FOUND when the account has no such import
 */
export async function abandonImport(o: { accountId: string; importId: string }): Promise<void> {
  const path = await inTransaction(async (trx) => {
    const row = await Import.in(o.accountId, { client: trx })
      .where('id', o.importId)
      .forUpdate()
      .firstOrFail()
    if (row.state !== 'uploaded') throw new ImportStartedError()
    await row.delete()
    return row.filePath
  })
  await rm(path, { force: true })
}

/** Across file systems a rename is refused */
async function moveFile(from: string, to: string) {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await copyFile(from, to)
    await rm(from, { force: true })
  }
}
