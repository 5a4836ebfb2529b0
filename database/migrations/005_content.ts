import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      create table templates (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        name text not null check (length(name) between 1 and 120),
        format text not null check (format in ('mjml', 'html', 'text')),
        source text not null,
        html text,
        text text not null default '',
        text_is_custom boolean not null default false,
        archived_at timestamptz,
        created_by uuid references users on delete set null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      create index templates_recent on templates (account_id, id desc);
    `)
  }

  async down() {
    this.schema.raw(`
      drop table templates;
    `)
  }
}
