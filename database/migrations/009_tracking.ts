import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /* Every event is kept raw with its signals; reports classify, they never drop */
      create sequence event_ids;
      create table events (
        run_id integer not null,
        id bigint not null default nextval('event_ids'),
        seq integer not null,
        kind text not null check (kind in ('delivered', 'bounced', 'opened', 'clicked', 'dwelled',
          'replied', 'complained', 'unsubscribed')),
        link integer,
        dedup text,
        user_agent text,
        ip_prefix text,
        data jsonb,
        /* Signals as they were heard, and what the classifier of that version made of them */
        head boolean not null default false,
        since_accepted_ms integer,
        dwell_ms integer check (dwell_ms between 0 and 1800000),
        verdict text check (verdict in ('person', 'bot', 'unverified')),
        reasons text[],
        device text check (device in ('phone', 'tablet', 'desktop', 'webmail', 'other', 'bot')),
        classifier_version smallint,
        at timestamptz not null default now(),
        primary key (run_id, id)
      ) partition by range (run_id);
      create unique index events_dedup on events (run_id, dedup) where dedup is not null;
      /* What one delivery's clicks are classified together by */
      create index events_delivery on events (run_id, seq);
      create trigger events_go_with_run after delete on campaign_runs
        referencing old table as gone for each statement execute function delete_events_of_runs();

      /* One visit of a landing page: beacons tell how long it has been in view so far */
      create table run_visits (
        run_id integer not null references campaign_runs on delete cascade,
        seq integer not null,
        since integer not null,
        ms integer not null,
        beacons smallint not null default 1,
        primary key (run_id, seq, since)
      ) with (fillfactor = 70);
    `)
  }

  async down() {
    this.schema.raw(`
      drop table run_visits;
      drop trigger events_go_with_run on campaign_runs;
      drop table events;
      drop sequence event_ids;
    `)
  }
}
