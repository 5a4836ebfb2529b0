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
          ('draft', 'quoted', 'paid', 'scheduled', 'running', 'paused', 'finished', 'cancelled', 'failed')),
        brief jsonb not null default '{}',
        list_ids uuid[] not null default '{}',
        start_at timestamptz,
        quote_id uuid references quotes,
        created_by uuid references users on delete set null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      create index campaigns_recent on campaigns (account_id, id desc);
      create index campaigns_due on campaigns (start_at) where state = 'scheduled';

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
        at timestamptz not null default now()
      );
      create index campaign_changes_story on campaign_changes (campaign_id, id);

      /* One publication of a campaign. Counters are kept as outcomes and events come, never counted on view */
      create table campaign_runs (
        id integer generated always as identity primary key,
        campaign_id uuid not null references campaigns on delete cascade,
        account_id uuid not null,
        n integer not null default 1,
        state text not null default 'expanding' check (state in ('expanding', 'running', 'finished', 'cancelled', 'failed')),
        snapshot jsonb not null,
        audience integer not null default 0,
        pending integer not null default 0,
        accepted integer not null default 0,
        rejected integer not null default 0,
        uncertain integer not null default 0,
        excluded integer not null default 0,
        exclusions jsonb not null default '{}',
        delivered integer not null default 0,
        bounced integer not null default 0,
        opened integer not null default 0,
        opened_unique integer not null default 0,
        clicked integer not null default 0,
        clicked_unique integer not null default 0,
        unsubscribed integer not null default 0,
        complained integer not null default 0,
        cost_micro bigint not null default 0,
        first_accepted_at timestamptz,
        last_outcome_at timestamptz,
        error text,
        launched_at timestamptz not null default now(),
        expanded_at timestamptz,
        finished_at timestamptz,
        unique (campaign_id, n)
      );
      create index campaign_runs_live on campaign_runs (state) where state in ('expanding', 'running');

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
      drop table campaign_runs;
      drop table campaign_changes;
      drop table campaigns;
    `)
  }
}
