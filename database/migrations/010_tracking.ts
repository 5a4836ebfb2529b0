import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      create table run_links (
        run_id integer not null references campaign_runs on delete cascade,
        n integer not null,
        url text not null,
        clicks integer not null default 0,
        primary key (run_id, n)
      );

      /* Every hit is kept raw with its signals; reports classify, they never drop */
      create table events (
        id bigint generated always as identity,
        run_id integer not null references campaign_runs on delete cascade,
        seq integer not null,
        kind text not null check (kind in ('delivered', 'bounced', 'opened', 'clicked', 'dwelled', 'replied', 'complained', 'unsubscribed')),
        link integer,
        dedup text,
        user_agent text,
        ip_prefix text,
        data jsonb,
        at timestamptz not null default now(),
        primary key (id)
      );
      create index events_run on events (run_id, id);
      create unique index events_dedup on events (run_id, dedup) where dedup is not null;

      /* Rollup a minute: what the charts read */
      create table run_series (
        run_id integer not null references campaign_runs on delete cascade,
        minute timestamptz not null,
        accepted integer not null default 0,
        rejected integer not null default 0,
        uncertain integer not null default 0,
        opened integer not null default 0,
        clicked integer not null default 0,
        unsubscribed integer not null default 0,
        primary key (run_id, minute)
      );
    `)
  }

  async down() {
    this.schema.raw(`
      drop table run_series;
      drop table events;
      drop table run_links;
    `)
  }
}
