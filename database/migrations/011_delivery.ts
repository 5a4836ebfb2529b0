import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
      | Slices of a run. A worker leases a chunk, not rows; the chunk is done when none of its rows
      | is open. A chunk is one lane: rows
      | for one destination, or for many small ones, in one zone of time.
      */
      create table delivery_chunks (
        run_id integer not null references campaign_runs on delete cascade,
        n integer not null,
        from_seq integer not null,
        to_seq integer not null,
        destination text not null default '',
        zone text not null default '',
        state text not null default 'open' check (state in ('open', 'leased', 'held', 'done')),
        lease uuid,
        lease_until timestamptz,
        owner uuid,
        not_before timestamptz not null default now(),
        primary key (run_id, n)
      ) with (fillfactor = 60);
      create index delivery_chunks_open on delivery_chunks (run_id, n) where state <> 'done';
      create index delivery_chunks_leased on delivery_chunks (owner) where state = 'leased';

      /* Whose turn it is: work handed out so far, divided by weight. The account with least goes
         first */
      create table delivery_turns (
        plugin_id text not null,
        account_id uuid not null,
        work double precision not null default 0,
        served_at timestamptz not null default now(),
        primary key (plugin_id, account_id)
      ) with (fillfactor = 50);

      /*
      | Token buckets, shared by all workers: of a plugin account ('email'), of a destination
      | ('email gmail.com'), of a
      | campaign's pace ('campaign <id>'). No row, no limit.
      */
      create table rate_buckets (
        key text primary key,
        /* What was agreed, a second; null when the bucket was only learned from throttle replies */
        ceiling double precision check (ceiling > 0),
        /* What holds now, a second */
        rate double precision check (rate > 0),
        tokens double precision not null default 0,
        refilled_at timestamptz not null default clock_timestamp(),
        blocked_until timestamptz,
        faults integer not null default 0,
        why text not null default '',
        updated_at timestamptz not null default now()
      ) with (fillfactor = 50);

      /* What an account has sent to an address on a day: frequency caps read it. Kept for accounts
         and campaigns with a cap */
      create table contact_touches (
        account_id uuid not null,
        address text not null,
        day date not null,
        messages integer not null,
        primary key (account_id, address, day)
      );

      /*
      | What a person decided about a delivery that nobody could know. One of a run that is over is
      | not sent again by the run: its
      | contact may be written to by a new campaign (relaunched).
      */
      create table delivery_decisions (
        id uuid primary key default new_id(),
        run_id integer not null references campaign_runs on delete cascade,
        seq integer not null,
        decision text not null check (decision in ('accepted', 'rejected', 'resend', 'relaunched')),
        by_kind text not null check (by_kind in ('user', 'staff', 'system')),
        by_id uuid,
        by_name text not null,
        why text not null default '',
        at timestamptz not null default now()
      );
      create index delivery_decisions_run on delivery_decisions (run_id, id);

      /* Steps of a media or engagement campaign: a launch is many calls that are not atomic, each
         recorded before the next */
      create table campaign_steps (
        run_id integer not null references campaign_runs on delete cascade,
        n integer not null,
        key text not null,
        title text not null,
        payload jsonb not null default '{}',
        state text not null default 'pending' check (state in ('pending', 'handing_over', 'done',
          'failed', 'uncertain')),
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
      drop table delivery_decisions;
      drop table contact_touches;
      drop table rate_buckets;
      drop table delivery_turns;
      drop table delivery_chunks;
    `)
  }
}
