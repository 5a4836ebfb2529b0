import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
      | One row a recipient in one run, in exactly one state at any time. seq is dense from 1. No index on the state:
      | updates stay inside their page (HOT), chunks are ranges of seq.
      */
      create table deliveries (
        run_id integer not null references campaign_runs on delete cascade,
        seq integer not null,
        contact_id uuid,
        address text not null,
        destination text not null default '',
        state text not null default 'pending' check (state in
          ('pending', 'leased', 'handing_over', 'accepted', 'rejected', 'deferred', 'uncertain', 'excluded', 'delivered', 'bounced')),
        reason text,
        detail text,
        provider_key text,
        attempts smallint not null default 0,
        lease uuid,
        lease_until timestamptz,
        not_before timestamptz,
        units jsonb,
        outcome_at timestamptz,
        first_opened_at timestamptz,
        first_clicked_at timestamptz,
        primary key (run_id, seq)
      ) with (fillfactor = 80);
      create unique index deliveries_address on deliveries (run_id, address);
      create index deliveries_provider_key on deliveries (provider_key) where provider_key is not null;

      /* Slices of a run. A worker leases a chunk, not rows; the chunk is done when none of its rows is open */
      create table delivery_chunks (
        run_id integer not null references campaign_runs on delete cascade,
        n integer not null,
        from_seq integer not null,
        to_seq integer not null,
        state text not null default 'open' check (state in ('open', 'leased', 'done')),
        lease uuid,
        lease_until timestamptz,
        not_before timestamptz not null default now(),
        primary key (run_id, n)
      ) with (fillfactor = 60);
      create index delivery_chunks_open on delivery_chunks (run_id, n) where state <> 'done';

      /* Steps of a media or engagement campaign: a launch is many calls that are not atomic, each recorded before the next */
      create table campaign_steps (
        run_id integer not null references campaign_runs on delete cascade,
        n integer not null,
        key text not null,
        title text not null,
        payload jsonb not null default '{}',
        state text not null default 'pending' check (state in ('pending', 'handing_over', 'done', 'failed', 'uncertain')),
        provider_key text,
        detail text not null default '',
        updated_at timestamptz not null default now(),
        primary key (run_id, n),
        unique (run_id, key)
      );

      /* Money spent with a network or work delivered, as the plugin reports it: each report once */
      create table campaign_spend (
        run_id integer not null references campaign_runs on delete cascade,
        report_key text not null,
        units jsonb not null,
        cost_micro bigint not null,
        at timestamptz not null default now(),
        primary key (run_id, report_key)
      );
    `)
  }

  async down() {
    this.schema.raw(`
      drop table campaign_spend;
      drop table campaign_steps;
      drop table delivery_chunks;
      drop table deliveries;
    `)
  }
}
