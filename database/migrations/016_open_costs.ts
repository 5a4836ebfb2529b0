import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
       What accepted deliveries may still cost, where a channel is charged by what became of them
       and not by acceptance: the hold stays open for it. A row goes when its delivery is settled
      */
      create table open_costs (
        run_id integer not null references campaign_runs on delete cascade,
        seq integer not null,
        cost_micro bigint not null check (cost_micro >= 0),
        primary key (run_id, seq)
      );
      create index campaign_holds_open on campaign_holds (campaign_id, n) where state = 'open';
    `)
  }

  async down() {
    this.schema.raw(`
      drop index campaign_holds_open;
      drop table open_costs;
    `)
  }
}
