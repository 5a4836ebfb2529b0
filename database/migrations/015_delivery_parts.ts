import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
       Messages that the far side takes in several parts, each with a key of its own: delivered when
       all parts are, failed when one is. Most have one part, and no row here
      */
      create table delivery_parts (
        run_id integer not null,
        seq integer not null,
        part smallint not null,
        provider_key text not null,
        state text not null default 'accepted' check (state in ('accepted', 'delivered', 'failed')),
        primary key (run_id, seq, part)
      ) partition by range (run_id);
      create index delivery_parts_key on delivery_parts (provider_key);
      create trigger delivery_parts_go_with_run after delete on campaign_runs
        referencing old table as gone for each statement execute function delete_parts_of_runs();
    `)
  }

  async down() {
    this.schema.raw(`
      drop trigger delivery_parts_go_with_run on campaign_runs;
      drop table delivery_parts;
    `)
  }
}
