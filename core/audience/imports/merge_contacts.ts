import type pg from 'pg'
import type { Consent } from '../models/contact.js'

export type MergedCounts = {
  readonly created: number
  readonly updated: number
  readonly duplicates: number
  readonly invalid: number
  readonly warnings: number
  readonly consents: Readonly<Record<Consent, number>>
}

/**
 * Brings the rows of `import_rows` into the contacts of an account, inside the caller's transaction: the first row
 * with an address is kept, a contact that exists is completed and never doubled, an empty cell erases nothing.
 *
 * @param o.client the connection that holds `import_rows`, in a transaction
 * @param o.declarationId the account says that those of whom the file says nothing agreed
 * @param o.key what tells contacts apart: the e-mail address, or the phone number when the file has none
 */
export async function mergeContacts(o: {
  client: pg.ClientBase
  accountId: string
  importId: string
  listId: string | null
  declarationId: string | null
  key: 'email' | 'phone'
}): Promise<MergedCounts> {
  const { client } = o
  /** One merge at a time in an account: two files with the same people would each make them */
  await client.query(`select pg_advisory_xact_lock(hashtextextended('audience.merge:' || $1, 0))`, [
    o.accountId,
  ])
  await client.query(`set local work_mem = '96MB'`)
  /** Compiling these statements takes longer than it saves */
  await client.query('set local jit = off')
  /** Only what the plans ask about: all columns would take four times as long */
  await client.query(`analyze import_rows (record, ${o.key}, problem, warning)`)
  await client.query(findRepeated(o.key))
  await client.query('analyze import_repeated')
  await client.query(findKnown(o.key), [o.accountId])
  await client.query('analyze import_known')

  const source = `import:${o.importId}`
  const declared = o.declarationId ? `declaration:${o.declarationId}` : null
  const updated = await client.query(UPDATE_KNOWN, [source, declared])
  if (o.listId) await client.query(ENLIST_KNOWN, [o.listId])
  const created = await client.query(
    o.listId ? INSERT_NEW_AND_ENLIST : INSERT_NEW,
    o.listId ? [o.accountId, source, declared, o.listId] : [o.accountId, source, declared]
  )
  if (o.declarationId) await client.query(COUNT_DECLARED, [o.declarationId, o.accountId, declared])

  const problems = await client.query<{ kind: 'duplicate' | 'invalid' | 'warning'; count: bigint }>(
    NAME_PROBLEMS,
    [o.importId, o.key]
  )
  const consents = await client.query<{ kind: Consent; count: bigint }>(
    declared ? COUNT_CONSENTS_DECLARED : COUNT_CONSENTS
  )
  const counted = <Kind extends string>(
    rows: readonly { kind: Kind; count: bigint }[],
    kind: Kind
  ) => Number(rows.find((row) => row.kind === kind)?.count ?? 0n)
  return {
    created: created.rowCount ?? 0,
    updated: updated.rowCount ?? 0,
    duplicates: counted(problems.rows, 'duplicate'),
    invalid: counted(problems.rows, 'invalid'),
    warnings: counted(problems.rows, 'warning'),
    consents: {
      granted: counted(consents.rows, 'granted'),
      refused: counted(consents.rows, 'refused'),
      unknown: counted(consents.rows, 'unknown'),
    },
  }
}

/**
 * Rows whose address stands in an earlier row. They are few in most files, so what follows leaves them out with a small hash,
 * instead of joining a million kept rows. Hash aggregate over the addresses.
 */
const findRepeated = (key: 'email' | 'phone') => `
  create temp table import_repeated on commit drop as
  select r.record
  from (select ${key} as address, min(record) as record from import_rows where problem is null
    group by ${key} having count(*) > 1) f
  join import_rows r on r.${key} = f.address and r.record <> f.record
  where r.problem is null`

/** Rows that are a contact already. Several contacts may share a number, and then the oldest is meant */
const findKnown = (key: 'email' | 'phone') => `
  create temp table import_known on commit drop as
  select r.record, c.id
  from import_rows r
  join (
    select ${key} as address, ${key === 'email' ? 'id' : 'min(id::text)::uuid as id'}
    from contacts where account_id = $1::uuid
      and ${key} is not null ${key === 'email' ? '' : 'group by 1'}
  ) c on c.address = r.${key}
  where r.problem is null and not exists (select from import_repeated d where d.record = r.record)`

/**
 * What the file says about a person replaces what was known; what it does not say leaves it. A declaration about everybody
 * speaks for those who were never asked, and never against somebody who refused.
 */
const UPDATE_KNOWN = `
  update contacts c set
    phone = coalesce(r.phone, c.phone),
    first_name = coalesce(r.first_name, c.first_name),
    last_name = coalesce(r.last_name, c.last_name),
    city = coalesce(r.city, c.city),
    country = coalesce(r.country, c.country),
    language = coalesce(r.language, c.language),
    fields = c.fields || r.fields::jsonb,
    consent = case when r.consent <> 'unknown' then r.consent
      when c.consent = 'unknown' and $2::text is not null then 'granted' else c.consent end,
    consent_source = case when r.consent not in ('unknown', c.consent) then $1::text
      when r.consent = 'unknown' and c.consent = 'unknown' then coalesce($2::text,
        c.consent_source) else c.consent_source end,
    consent_at = case when r.consent not in ('unknown', c.consent)
      or (r.consent = 'unknown' and c.consent = 'unknown' and $2::text is not null) then now()
        else c.consent_at end,
    updated_at = now()
  from import_known k join import_rows r using (record)
  where k.id = c.id`

const ENLIST_KNOWN = `insert into contact_list_members (list_id, contact_id) select $1::uuid, id
  from import_known on conflict do nothing`

/**
 * In the order of the file, so that identifiers grow and three of the four indexes are appended to. Without a conflict
 * clause, which costs a third more: an address that somebody adds meanwhile fails the job, and it is tried again.
 */
const INSERT_NEW = `
  insert into contacts (id, account_id, email, phone, first_name, last_name, city, country,
    language, fields, consent, consent_source, consent_at)
  select new_id(), $1::uuid, r.email, r.phone, r.first_name, r.last_name, r.city, r.country,
    r.language, r.fields::jsonb,
    case when r.consent = 'unknown' and $3::text is not null then 'granted' else r.consent end,
    case when r.consent <> 'unknown' then $2::text else $3::text end,
    case when r.consent <> 'unknown' or $3::text is not null then now() end
  from import_rows r
  where r.problem is null
    and not exists (select from import_repeated d where d.record = r.record)
    and not exists (select from import_known k where k.record = r.record)`

const INSERT_NEW_AND_ENLIST = `
  with made as (${INSERT_NEW} returning id)
  insert into contact_list_members (list_id, contact_id) select $4::uuid, id from made`

const COUNT_DECLARED = `
  update consent_declarations set contacts = (select count(*) from contacts
    where account_id = $2::uuid and consent_source = $3)
  where id = $1::uuid`

const NAME_PROBLEMS = `
  with named as (
    select record, line, problem as reason, at as field, cells, 'invalid' as kind from import_rows
      where problem is not null
    union all
    select r.record, r.line, 'duplicate', $2, r.cells, 'duplicate' from import_rows r
      join import_repeated using (record)
    union all
    select r.record, r.line, r.warning, r.at, r.cells, 'warning'
    from import_rows r where r.problem is null and r.warning is not null and not exists (select
      from import_repeated d where d.record = r.record)
  ), written as (
    insert into import_problems (import_id, record, line, reason, field, cells)
    select $1::uuid, record, line, reason, coalesce(field, ''),
      coalesce(to_jsonb(string_to_array(cells, E'\\x1f')), '[]') from named
  )
  select kind, count(*) from named group by kind`

const COUNT_CONSENTS = `
  select r.consent as kind, count(*) from import_rows r
  where r.problem is null and not exists (select from import_repeated d where d.record = r.record)
    group by r.consent`

/** As {@link COUNT_CONSENTS}, where somebody of whom the file says nothing counts as what they are now */
const COUNT_CONSENTS_DECLARED = `
  select case when r.consent = 'unknown' then coalesce(c.consent, 'granted')
    else r.consent end as kind, count(*)
  from import_rows r
  left join (select k.record, c.consent from import_known k join contacts c on c.id = k.id) c
    using (record)
  where r.problem is null and not exists (select from import_repeated d where d.record = r.record)
    group by 1`
