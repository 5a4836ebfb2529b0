import type pg from 'pg'
import type { Consent } from './models/contact.js'

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
 * @param o.key what tells contacts apart: the e-mail address, or the phone number when the file has none
 */
export async function mergeContacts(o: {
  client: pg.ClientBase
  accountId: string
  importId: string
  listId: string | null
  key: 'email' | 'phone'
}): Promise<MergedCounts> {
  /** One merge at a time in an account: two files with the same people would lock each other's rows crosswise */
  await o.client.query(`select pg_advisory_xact_lock(hashtextextended('audience.merge:' || $1, 0))`, [o.accountId])
  await o.client.query(`set local work_mem = '96MB'`)
  await o.client.query(`analyze import_rows`)
  await o.client.query(
    `create temp table import_kept on commit drop as
     select min(record) as record from import_rows where problem is null group by ${o.key}`
  )
  await o.client.query(`analyze import_kept`)

  const merged =
    o.key === 'email'
      ? await o.client.query<Counts>(MERGE_BY_EMAIL, [o.accountId, `import:${o.importId}`, o.listId])
      : await o.client.query<Counts>(MERGE_BY_PHONE, [o.accountId, `import:${o.importId}`, o.listId])
  const problems = await o.client.query<{ duplicates: bigint; invalid: bigint; warnings: bigint }>(PROBLEMS, [o.importId, o.key])
  const consents = await o.client.query<{ consent: Consent; count: bigint }>(
    `select consent, count(*) from import_rows join import_kept using (record) group by consent`
  )

  const count = (rows: bigint | undefined) => Number(rows ?? 0n)
  const said = (consent: Consent) => count(consents.rows.find((row) => row.consent === consent)?.count)
  return {
    created: count(merged.rows[0]?.created),
    updated: count(merged.rows[0]?.updated),
    duplicates: count(problems.rows[0]?.duplicates),
    invalid: count(problems.rows[0]?.invalid),
    warnings: count(problems.rows[0]?.warnings),
    consents: { granted: said('granted'), refused: said('refused'), unknown: said('unknown') },
  }
}

type Counts = { created: bigint; updated: bigint }

/** What the file says about a person replaces what was known; what it does not say leaves it */
const completed = (from: string) => `
  phone = coalesce(${from}.phone, c.phone),
  first_name = coalesce(${from}.first_name, c.first_name),
  last_name = coalesce(${from}.last_name, c.last_name),
  city = coalesce(${from}.city, c.city),
  country = coalesce(${from}.country, c.country),
  language = coalesce(${from}.language, c.language),
  fields = c.fields || ${from}.fields,
  consent = case when ${from}.consent = 'unknown' then c.consent else ${from}.consent end,
  consent_source = case when ${from}.consent in ('unknown', c.consent) then c.consent_source else ${from}.consent_source end,
  consent_at = case when ${from}.consent in ('unknown', c.consent) then c.consent_at else ${from}.consent_at end,
  updated_at = now()`

const ROW = `r.phone, r.first_name, r.last_name, r.city, r.country, r.language, r.fields::jsonb as fields, r.consent,
  case when r.consent <> 'unknown' then $2::text end as consent_source,
  case when r.consent <> 'unknown' then now() end as consent_at`

const COLUMNS = 'phone, first_name, last_name, city, country, language, fields, consent, consent_source, consent_at'

const LISTED = `
  listed as (
    insert into contact_list_members (list_id, contact_id)
    select $3::uuid, id from merged where $3::uuid is not null
    on conflict do nothing
  )
  select count(*) filter (where created) as created, count(*) filter (where not created) as updated from merged`

/*
 * 1,000,000 rows into an empty account: see tests/bench/import.ts. Sequential scans of the two temporary tables, a hash join
 * on the record, one probe of contacts_email a row for the conflict.
 */
const MERGE_BY_EMAIL = `
  with merged as (
    insert into contacts as c (account_id, email, ${COLUMNS})
    select $1::uuid, r.email, ${ROW}
    from import_rows r join import_kept k using (record)
    order by r.record
    on conflict (account_id, email) where email is not null do update set ${completed('excluded')}
    returning c.id, (c.xmax = 0) as created
  ), ${LISTED}`

/*
 * Several contacts may share a number, so there is no unique index to lean on: the oldest contact with the number is
 * the one that the file speaks of (index contacts_phone), and the advisory lock keeps others out.
 */
const MERGE_BY_PHONE = `
  with rows as materialized (
    select r.record, ${ROW}, (
      select e.id from contacts e where e.account_id = $1::uuid and e.phone = r.phone order by e.id limit 1
    ) as contact_id
    from import_rows r join import_kept k using (record)
  ), known as (
    update contacts c set ${completed('rows')} from rows where c.id = rows.contact_id returning c.id
  ), added as (
    insert into contacts (account_id, ${COLUMNS})
    select $1::uuid, ${COLUMNS} from rows where contact_id is null order by record
    returning id
  ), merged as (
    select id, true as created from added union all select id, false from known
  ), ${LISTED}`

const PROBLEMS = `
  with named as (
    select record, problem as reason, at as field, cells, 'invalid' as kind from import_rows where problem is not null
    union all
    select r.record, 'duplicate', $2, r.cells, 'duplicate' from import_rows r
    where r.problem is null and not exists (select from import_kept k where k.record = r.record)
    union all
    select r.record, r.warning, r.at, r.cells, 'warning' from import_rows r join import_kept k using (record)
    where r.warning is not null
  ), kept as (
    insert into import_problems (import_id, record, reason, field, cells)
    select $1::uuid, record, reason, coalesce(field, ''), coalesce(to_jsonb(string_to_array(cells, E'\\x1f')), '[]') from named
  )
  select count(*) filter (where kind = 'duplicate') as duplicates, count(*) filter (where kind = 'invalid') as invalid,
    count(*) filter (where kind = 'warning') as warnings
  from named`
