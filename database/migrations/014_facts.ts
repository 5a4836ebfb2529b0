import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /* What a voice or a chat tells beside what a mail does */
      alter table events drop constraint events_kind_check;
      alter table events add constraint events_kind_check check (kind in ('delivered', 'bounced',
        'opened', 'clicked', 'dwelled', 'read', 'replied', 'answered', 'ended', 'complained',
        'unsubscribed'));

      /*
       Facts about deliveries that nobody knows yet, for a day: the far side may be faster than the
       outcome is written. The subject is the key, or the id, that they name
      */
      create table parked_facts (
        plugin_id text not null references plugins on delete cascade,
        endpoint text not null,
        fact_id text not null,
        subject text not null,
        fact jsonb not null,
        place bigint not null generated always as identity,
        parked_at timestamptz not null default now(),
        primary key (plugin_id, endpoint, fact_id)
      );
      create index parked_facts_subject on parked_facts (plugin_id, subject);
      create unique index parked_facts_place on parked_facts (place);
    `)
  }

  async down() {
    this.schema.raw(`
      drop table parked_facts;
      delete from events where kind in ('read', 'answered', 'ended');
      alter table events drop constraint events_kind_check;
      alter table events add constraint events_kind_check check (kind in ('delivered', 'bounced',
        'opened', 'clicked', 'dwelled', 'replied', 'complained', 'unsubscribed'));
    `)
  }
}
