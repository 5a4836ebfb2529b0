import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      create table contacts (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        email text check (email = lower(email)),
        phone text,
        first_name text,
        last_name text,
        city text,
        country char(2),
        language text,
        fields jsonb not null default '{}',
        consent text not null default 'unknown' check (consent in ('granted', 'refused', 'unknown')),
        consent_source text,
        consent_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        check (email is not null or phone is not null)
      );
      create unique index contacts_email on contacts (account_id, email) where email is not null;
      create index contacts_phone on contacts (account_id, phone) where phone is not null;
      create index contacts_recent on contacts (account_id, id desc);

      create table contact_lists (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        name text not null check (length(name) between 1 and 120),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (account_id, name)
      );

      create table contact_list_members (
        list_id uuid not null references contact_lists on delete cascade,
        contact_id uuid not null references contacts on delete cascade,
        added_at timestamptz not null default now(),
        primary key (list_id, contact_id)
      );
      create index contact_list_members_contact on contact_list_members (contact_id);

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
        columns jsonb not null default '[]',
        mapping jsonb not null default '{}',
        country char(2) not null default 'CI',
        state text not null default 'uploaded' check (state in ('uploaded', 'queued', 'reading', 'merging', 'finished', 'failed')),
        bytes_read bigint not null default 0,
        rows integer not null default 0,
        created integer not null default 0,
        updated integer not null default 0,
        duplicates integer not null default 0,
        invalid integer not null default 0,
        warnings integer not null default 0,
        consents jsonb not null default '{}',
        error text,
        created_at timestamptz not null default now(),
        started_at timestamptz,
        finished_at timestamptz
      );
      create index imports_recent on imports (account_id, id desc);

      create table import_problems (
        import_id uuid not null references imports on delete cascade,
        record integer not null,
        reason text not null,
        field text not null default '',
        cells jsonb not null,
        primary key (import_id, record, reason)
      );
    `)
  }

  async down() {
    this.schema.raw(`
      drop table import_problems;
      drop table imports;
      drop table suppressions;
      drop table contact_list_members;
      drop table contact_lists;
      drop table contacts;
    `)
  }
}
