import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
      | When a campaign goes out: once or by a rule, in the wall-clock time of a zone. next_at is
      | the one occurrence that is to
      | be made next; it moves on in the transaction that makes it, or that records why it was not
      | made.
      */
      create table campaign_schedules (
        campaign_id uuid primary key references campaigns on delete cascade,
        account_id uuid not null references accounts on delete cascade,
        zone text not null,
        /* Without a zone, as read on the wall; null begins with the launch */
        starts_at_local timestamp,
        /* 'once', or the rule of RFC 5545 without its end */
        recurrence text not null,
        until_local timestamp,
        max_occurrences integer check (max_occurrences > 0),
        /* Minor units that one occurrence may cost, as approved by a person */
        ceiling bigint check (ceiling >= 0),
        state text not null default 'draft' check (state in ('draft', 'active', 'over')),
        next_at timestamptz,
        occurrences integer not null default 0,
        last_at timestamptz,
        /* The occurrence that a person must decide about; made on resuming, whatever its age */
        refused_at timestamptz,
        /* Occurrences before this moment fell into a pause */
        skip_before timestamptz,
        /* Why the next occurrence waits, while it does */
        waiting text check (waiting in ('busy', 'channel', 'closed')),
        check (until_local is null or max_occurrences is null),
        check ((state = 'active') = (next_at is not null))
      );
      create index campaign_schedules_due on campaign_schedules (next_at) where state = 'active';

      /* What became of each occurrence: one row each, whoever looked and how often */
      create table campaign_occurrences (
        id uuid primary key default new_id(),
        campaign_id uuid not null references campaigns on delete cascade,
        account_id uuid not null,
        occurrence_at timestamptz not null,
        outcome text not null check (outcome in ('made', 'nobody', 'missed')),
        reason text check (reason in ('late', 'paused', 'busy', 'channel', 'closed')),
        run_id integer references campaign_runs on delete cascade,
        at timestamptz not null default now(),
        unique (campaign_id, occurrence_at),
        check ((outcome = 'made') = (run_id is not null)),
        check ((outcome = 'missed') = (reason is not null))
      );
      create index campaign_occurrences_recent on campaign_occurrences (campaign_id, id desc);
    `)
  }

  async down() {
    this.schema.raw(`
      drop table campaign_occurrences;
      drop table campaign_schedules;
    `)
  }
}
