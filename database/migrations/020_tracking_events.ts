import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /* Signals of a hit as they were heard, and what the classifier of that version made of them */
      alter table events
        add column head boolean not null default false,
        add column since_accepted_ms integer,
        add column dwell_ms integer check (dwell_ms between 0 and 1800000),
        add column verdict text check (verdict in ('person', 'bot', 'unverified')),
        add column reasons text[],
        add column device text check (device in ('phone', 'tablet', 'desktop', 'webmail', 'other', 'bot')),
        add column classifier_version smallint;
      /* What one delivery's clicks are judged together by */
      create index events_delivery on events (run_id, seq);

      alter table deliveries add column opened_verified boolean not null default false;

      /* opened and clicked are hits of people, *_unique the people; opened_unverified those of them that only a privacy proxy opened for */
      alter table campaign_runs
        add column opened_bot integer not null default 0,
        add column clicked_bot integer not null default 0,
        add column opened_unverified integer not null default 0,
        add column visits integer not null default 0,
        add column dwell_ms bigint not null default 0;
      create index campaign_runs_launched on campaign_runs (launched_at);
      alter table campaigns add column measure_dwell boolean not null default false;

      alter table run_series
        add column opened_bot integer not null default 0,
        add column clicked_bot integer not null default 0;
      alter table run_links add column bot_clicks integer not null default 0;

      create table run_devices (
        run_id integer not null references campaign_runs on delete cascade,
        device text not null,
        opened integer not null default 0,
        clicked integer not null default 0,
        primary key (run_id, device)
      ) with (fillfactor = 70);

      /* Hits of people by weekday (1 is Monday) and hour of the account's zone as it was when they came: 168 rows at most */
      create table run_hours (
        run_id integer not null references campaign_runs on delete cascade,
        weekday smallint not null check (weekday between 1 and 7),
        hour smallint not null check (hour between 0 and 23),
        opened integer not null default 0,
        clicked integer not null default 0,
        primary key (run_id, weekday, hour)
      ) with (fillfactor = 70);

      /* Why messages of a run were refused or came back: delivery.finish and receipts keep it, reports read it */
      create table run_refusals (
        run_id integer not null references campaign_runs on delete cascade,
        reason text not null,
        deliveries integer not null default 0,
        primary key (run_id, reason)
      ) with (fillfactor = 70);

      /* One visit of a landing page: beacons tell how long it has been in view so far */
      create table run_visits (
        run_id integer not null references campaign_runs on delete cascade,
        seq integer not null,
        since integer not null,
        ms integer not null,
        beacons smallint not null default 1,
        primary key (run_id, seq, since)
      ) with (fillfactor = 70);

      /* What was counted before there was a classifier counts as people, version 0, until it is judged again */
      update events set verdict = 'person', reasons = '{}', device = 'other', classifier_version = 0 where kind in ('opened', 'clicked');
      update deliveries set opened_verified = true where first_opened_at is not null;
      insert into run_devices (run_id, device, opened, clicked)
        select run_id, 'other', count(*) filter (where kind = 'opened'), count(*) filter (where kind = 'clicked')
          from events where kind in ('opened', 'clicked') group by run_id;
      insert into run_hours (run_id, weekday, hour, opened, clicked)
        select s.run_id, extract(isodow from s.minute at time zone a.timezone), extract(hour from s.minute at time zone a.timezone), sum(s.opened), sum(s.clicked)
          from run_series s join campaign_runs r on r.id = s.run_id join accounts a on a.id = r.account_id where s.opened + s.clicked > 0 group by 1, 2, 3;
      insert into run_refusals (run_id, reason, deliveries)
        select run_id, coalesce(reason, state), count(*) from deliveries where state in ('rejected', 'bounced') group by 1, 2;
    `)
  }

  async down() {
    this.schema.raw(`
      drop table run_visits;
      drop table run_refusals;
      drop table run_hours;
      drop table run_devices;
      alter table run_links drop column bot_clicks;
      alter table run_series drop column clicked_bot, drop column opened_bot;
      alter table campaigns drop column measure_dwell;
      drop index campaign_runs_launched;
      alter table campaign_runs
        drop column dwell_ms, drop column visits, drop column opened_unverified, drop column clicked_bot, drop column opened_bot;
      alter table deliveries drop column opened_verified;
      drop index events_delivery;
      alter table events
        drop column classifier_version, drop column device, drop column reasons, drop column verdict, drop column dwell_ms, drop column since_accepted_ms, drop column head;
    `)
  }
}
