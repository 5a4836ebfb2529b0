import { readFile } from 'node:fs/promises'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { APP_ROOT } from '../app_root.js'
import { functionFiles, type FunctionFile } from './function_files.js'
import { inTransaction } from '../in_transaction.js'
import { sql } from '../sql.js'

const ROLES = new URL('database/roles.sql', APP_ROOT)

/**
 * Makes the functions of the database what their files say. `missing`: those that are not there at all, before migrations whose
 * defaults and triggers name them. `changed`: those whose file is another than the one that was applied, once the tables that
 * they speak of are there. A function whose arguments changed takes the place of the old one.
 *
 * @returns names of the functions that were applied, in order
 */
export async function applyFunctions(o: { which: 'missing' | 'changed' }): Promise<string[]> {
  const files = await functionFiles()
  return inTransaction(async (trx) => {
    await sql('select pg_advisory_xact_lock(hashtext($1))', ['apply_functions'], trx)
    await trx.rawQuery(await readFile(ROLES, 'utf8'))
    await sql(
      'create table if not exists database_functions (name text primary key, digest text not null)',
      [],
      trx
    )
    const applied = new Map(
      (
        await sql<{ name: string; digest: string }>(
          'select name, digest from database_functions',
          [],
          trx
        )
      ).map((row) => [row.name, row.digest])
    )
    const due = files.filter((file) =>
      o.which === 'missing' ? !applied.has(file.name) : applied.get(file.name) !== file.digest
    )
    /** Bodies are checked when they run: they speak of tables that come after them */
    await sql('set local check_function_bodies = off', [], trx)
    for (const file of due) await applyFunction(file, trx)
    return due.map((file) => file.name)
  })
}

/** Takes the functions away, after the tables that needed them */
export async function dropFunctions(): Promise<void> {
  const files = await functionFiles()
  await inTransaction(async (trx) => {
    for (const file of files)
      await as(file.role, trx, () => sql(`drop function if exists ${file.name} cascade`, [], trx))
    await sql('drop table if exists database_functions', [], trx)
  })
}

async function applyFunction(file: FunctionFile, trx: TransactionClientContract): Promise<void> {
  const before = await oidsOf(file.name, trx)
  await as(file.role, trx, () => trx.rawQuery(file.text))
  const after = await oidsOf(file.name, trx)
  /** Other arguments make another function beside the old one */
  if (after.length > before.length)
    for (const { signature } of before)
      await as(file.role, trx, () => sql(`drop function ${signature}`, [], trx))
  await sql(
    `insert into database_functions (name, digest) values ($1, $2)
     on conflict (name) do update set digest = excluded.digest`,
    [file.name, file.digest],
    trx
  )
}

async function oidsOf(name: string, trx: TransactionClientContract) {
  return sql<{ signature: string }>(
    `select oid::regprocedure::text signature from pg_proc
      where proname = $1 and pronamespace = current_schema()::regnamespace order by oid`,
    [name],
    trx
  )
}

/** A function that runs as a role is made by it, so that it belongs to it; the right to make any is taken back at once */
async function as(
  role: string | null,
  trx: TransactionClientContract,
  work: () => Promise<unknown>
): Promise<void> {
  if (role === null) {
    await work()
    return
  }
  const schema = `do $d$ begin execute format('grant create, usage on schema %I to ${role}', current_schema()); end $d$`
  await sql(schema, [], trx)
  await sql(`set local role ${role}`, [], trx)
  await work()
  await sql('reset role', [], trx)
  await sql(
    `do $d$ begin execute format('revoke create on schema %I from ${role}', current_schema()); end $d$`,
    [],
    trx
  )
}
