import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      create table campaigns (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        service_id uuid not null references services,
        plugin_id text not null,
        channel text not null,
        kind text not null check (kind in ('messaging', 'media', 'engagement')),
        name text not null check (length(name) between 1 and 160),
        state text not null default 'draft' check (state in
          ('draft', 'quoted', 'paid', 'scheduled', 'running', 'paused', 'finished', 'cancelled',
            'failed')),
        brief jsonb not null default '{}',
        list_ids uuid[] not null default '{}',
        quote_id uuid references quotes,
        created_by uuid references users on delete set null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        /* Rules that the engine obeys. An account has rules of its own: the stricter of both holds
           */
        pace_per_hour integer check (pace_per_hour > 0),
        deadline_hours integer check (deadline_hours > 0),
        quiet_from time,
        quiet_until time,
        cap_messages smallint check (cap_messages > 0),
        cap_days smallint check (cap_days > 0),
        canary_percent smallint check (canary_percent between 1 and 50),
        newcomers_only boolean not null default false,
        measure_dwell boolean not null default false,
        constraint quiet_hours_are_a_pair check ((quiet_from is null) = (quiet_until is null)),
        constraint cap_is_a_pair check ((cap_messages is null) = (cap_days is null))
      );
      create index campaigns_recent on campaigns (account_id, id desc);

      create table campaign_changes (
        id uuid primary key default new_id(),
        campaign_id uuid not null references campaigns on delete cascade,
        account_id uuid not null,
        from_state text,
        to_state text not null,
        by_kind text not null check (by_kind in ('user', 'staff', 'system')),
        by_id uuid,
        by_name text not null,
        why text not null default '',
        /* What happened besides a change of state, with figures that each reader sees in their own
           language */
        what text,
        data jsonb not null default '{}',
        at timestamptz not null default now()
      );
      create index campaign_changes_story on campaign_changes (campaign_id, id);

      create table campaign_holds (
        id uuid primary key default new_id(),
        campaign_id uuid not null references campaigns on delete cascade,
        account_id uuid not null,
        n integer not null,
        quote_id uuid not null references quotes,
        currency char(3) not null,
        held bigint not null check (held >= 0),
        captured bigint not null default 0 check (captured >= 0),
        released bigint not null default 0 check (released >= 0),
        cost_micro bigint not null default 0,
        state text not null default 'open' check (state in ('open', 'settled')),
        created_at timestamptz not null default now(),
        settled_at timestamptz,
        unique (campaign_id, n),
        check (captured + released <= held),
        check (state <> 'settled' or captured + released = held)
      );
    `)
  }

  async down() {
    this.schema.raw(`
      drop table campaign_holds;
      drop table campaign_changes;
      drop table campaigns;
    `)
  }
}
