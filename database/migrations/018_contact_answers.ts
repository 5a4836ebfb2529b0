import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
       What contacts answered to a question at a far side: a menu, a form, a call. The newest answer
       to a field is what the contact has there
      */
      create table contact_answers (
        id uuid primary key default new_id(),
        contact_id uuid not null references contacts on delete cascade,
        field text not null,
        value text not null,
        plugin_id text not null,
        endpoint text not null default '',
        fact_id text not null,
        run_id integer,
        at timestamptz not null,
        unique (plugin_id, endpoint, fact_id)
      );
      create index contact_answers_newest on contact_answers (contact_id, field, at desc, id desc);
    `)
  }

  async down() {
    this.schema.raw(`drop table contact_answers;`)
  }
}
