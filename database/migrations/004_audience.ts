import { BaseSchema } from '@adonisjs/lucid/schema'

/**
 * Where most people of a country of several zones live. Elsewhere the runtime's own list has one
 * zone, or any is as good
 */
const LARGEST_ZONE: Readonly<Record<string, string>> = {
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  ID: 'Asia/Jakarta',
  KZ: 'Asia/Almaty',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kyiv',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
}

/** Country and zone pairs as values, for countries that the runtime knows zones of */
function countryZones(): string {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  return letters
    .flatMap((a) => letters.map((b) => a + b))
    .flatMap((country) => {
      const known = new Intl.Locale(`und-${country}`) as Intl.Locale & {
        getTimeZones?: () => string[] | undefined
      }
      const zone = LARGEST_ZONE[country] ?? known.getTimeZones?.()?.[0]
      return zone ? [`('${country}', '${zone}')`] : []
    })
    .join(', ')
}

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      create table contacts (
        id uuid primary key default new_id(),
        account_id uuid not null,
        email text check (email = lower(email)),
        phone text,
        first_name text,
        last_name text,
        city text,
        country char(2),
        language text,
        fields jsonb not null default '{}',
        consent text not null default 'unknown'
          check (consent in ('granted', 'refused', 'unknown')),
        consent_source text,
        consent_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        check (email is not null or phone is not null)
      );
      create unique index contacts_email on contacts (account_id, email) where email is not null;
      create index contacts_phone on contacts (account_id, phone) where phone is not null;
      /* Ascending, so that an import appends to it; read backwards for the newest first */
      create index contacts_recent on contacts (account_id, id);

      create table contact_lists (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        name text not null check (length(name) between 1 and 120),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (account_id, name)
      );

      create table contact_list_members (
        list_id uuid not null,
        contact_id uuid not null,
        added_at timestamptz not null default now(),
        primary key (list_id, contact_id)
      );
      /* No index by contact: the lists of an account are few, and who asks for a contact's lists
         goes through those */

      /*
       Contacts and memberships come by the million. A foreign key asks its question for each row
       (27 s of 100 in an import of
       1,000,000); these triggers ask once a statement, and lock what is referred to just as a
       foreign key does. Nothing
       changes an id, so updates are not watched. A membership of a contact that never was is the
       one thing they let pass:
       the verbs write both in one transaction.
      */
      create trigger contacts_have_account after insert on contacts
        referencing new table as made for each statement
          execute function refuse_contacts_without_account();
      create trigger members_have_list after insert on contact_list_members
        referencing new table as made for each statement
          execute function refuse_members_without_list();
      create trigger contacts_go_with_account after delete on accounts
        referencing old table as gone for each statement
          execute function delete_contacts_of_accounts();
      create trigger members_go_with_contact after delete on contacts
        referencing old table as gone for each statement
          execute function delete_members_of_contacts();
      create trigger members_go_with_list after delete on contact_lists
        referencing old table as gone for each statement execute function delete_members_of_lists();

      /* Addresses that must not be written to again, whatever list they stand in */
      create table suppressions (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        address text not null,
        reason text not null check (reason in ('unsubscribed', 'bounced', 'complained', 'manual')),
        source text not null default '',
        created_at timestamptz not null default now(),
        unique (account_id, address)
      );

      /*
       What an account says of many people at once: that they agreed, how and when. Contacts refer
       to it in their consent_source,
       and it stays as proof
      */
      create table consent_declarations (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        created_by uuid references users on delete set null,
        how text not null check (length(how) between 3 and 1000),
        given_on date,
        contacts integer not null default 0,
        created_at timestamptz not null default now()
      );
      create index consent_declarations_recent on consent_declarations (account_id, id);

      create table imports (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        list_id uuid references contact_lists on delete set null,
        created_by uuid references users on delete set null,
        file_name text not null,
        file_path text not null,
        bytes bigint not null,
        encoding text not null,
        separator text not null,
        line_ends text not null default 'lf' check (line_ends in ('lf', 'crlf', 'cr', 'any')),
        heading_line integer not null default 1,
        columns jsonb not null default '[]',
        mapping jsonb not null default '{}',
        country char(2) not null default 'CI',
        state text not null default 'uploaded' check (state in ('uploaded', 'queued', 'reading',
          'merging', 'finished', 'failed')),
        bytes_read bigint not null default 0,
        rows integer not null default 0,
        created integer not null default 0,
        updated integer not null default 0,
        duplicates integer not null default 0,
        invalid integer not null default 0,
        warnings integer not null default 0,
        consents jsonb not null default '{}',
        declaration_id uuid references consent_declarations,
        error text,
        created_at timestamptz not null default now(),
        started_at timestamptz,
        finished_at timestamptz
      );
      create index imports_recent on imports (account_id, id desc);

      create table import_problems (
        import_id uuid not null references imports on delete cascade,
        record integer not null,
        line integer not null,
        reason text not null,
        field text not null default '',
        cells jsonb not null,
        primary key (import_id, record, reason)
      );

      /* Zone of time of a contact, when nothing better is known: that of most people of the country
         */
      create table country_zones (country char(2) primary key, zone text not null);
      insert into country_zones
        select v.country, v.zone from (values ${countryZones()}) v(country, zone)
         where exists (select 1 from pg_timezone_names z where z.name = v.zone);
    `)
  }

  async down() {
    this.schema.raw(`
      drop table country_zones;
      drop table import_problems;
      drop table imports;
      drop table consent_declarations;
      drop table suppressions;
      drop table contact_list_members;
      drop table contact_lists;
      drop trigger contacts_go_with_account on accounts;
      drop table contacts;
    `)
  }
}
