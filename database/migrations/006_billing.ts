import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /* A channel as the operator sells it */
      create table services (
        id uuid primary key default new_id(),
        channel text not null,
        plugin_id text not null,
        slug text not null unique,
        title jsonb not null,
        description jsonb not null default '{}',
        status text not null default 'draft' check (status in ('draft', 'published')),
        position integer not null default 0,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );

      create table rate_cards (
        id uuid primary key default new_id(),
        service_id uuid not null references services on delete cascade,
        currency char(3) not null,
        created_at timestamptz not null default now(),
        unique (service_id, currency)
      );

      /* Published rates are never edited: a new row takes over from its date. price_micro is a
         millionth of a minor unit */
      create table rates (
        id uuid primary key default new_id(),
        rate_card_id uuid not null references rate_cards on delete cascade,
        unit text not null,
        prefix text not null default '' check (prefix ~ '^[0-9]*$'),
        from_units bigint not null default 0 check (from_units >= 0),
        price_micro bigint not null check (price_micro >= 0),
        effective_from timestamptz not null default now(),
        created_by uuid references staff_members on delete set null,
        created_at timestamptz not null default now(),
        unique (rate_card_id, unit, prefix, from_units, effective_from)
      );

      create table quotes (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        campaign_id uuid not null,
        currency char(3) not null,
        minimum bigint not null check (minimum >= 0),
        expected bigint not null check (expected >= minimum),
        maximum bigint not null check (maximum >= expected),
        lines jsonb not null,
        unit_prices jsonb not null,
        audience integer not null,
        reachable integer not null,
        excluded jsonb not null,
        assumptions jsonb not null default '[]',
        brief_hash text not null,
        audience_hash text not null,
        created_by uuid references users on delete set null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      );
      create index quotes_campaign on quotes (campaign_id, id desc);
      create trigger quotes_immutable before update on quotes for each statement
        execute function forbid_quote_change();
    `)
  }

  async down() {
    this.schema.raw(`
      drop table quotes;
      drop table rates;
      drop table rate_cards;
      drop table services;
    `)
  }
}
