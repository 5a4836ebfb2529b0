import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      create table accounts (
        id uuid primary key default new_id(),
        name text not null check (length(name) between 1 and 120),
        country char(2) not null default 'CI',
        currency char(3) not null default 'XOF',
        locale text not null default 'fr',
        timezone text not null default 'Africa/Abidjan',
        address text not null default '',
        status text not null default 'active' check (status in ('active', 'suspended')),
        /* Rules for all that it sends. A campaign has rules of its own: the stricter of both holds
           */
        quiet_from time,
        quiet_until time,
        cap_messages smallint check (cap_messages > 0),
        cap_days smallint check (cap_days > 0),
        /* Turns of this account beside others that send at the same time; a plan sets it */
        send_weight smallint not null default 1 check (send_weight between 1 and 100),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint account_quiet_hours_are_a_pair
          check ((quiet_from is null) = (quiet_until is null)),
        constraint account_cap_is_a_pair check ((cap_messages is null) = (cap_days is null))
      );

      create table users (
        id uuid primary key default new_id(),
        email text not null unique check (email = lower(email)),
        password text not null,
        full_name text not null,
        locale text not null default 'fr',
        confirmed_at timestamptz,
        /* Where the person works; it changes only when they choose another */
        chosen_account_id uuid references accounts on delete set null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );

      create table memberships (
        account_id uuid not null references accounts on delete cascade,
        user_id uuid not null references users on delete cascade,
        role text not null check (role in ('owner', 'manager', 'reader')),
        created_at timestamptz not null default now(),
        primary key (account_id, user_id)
      );
      create index memberships_user on memberships (user_id);

      /* People of the operator. A table of their own: no mistake in a membership can make a client
         staff */
      create table staff_members (
        id uuid primary key default new_id(),
        email text not null unique check (email = lower(email)),
        password text not null,
        full_name text not null,
        locale text not null default 'fr',
        role text not null default 'admin' check (role in ('admin', 'support')),
        disabled_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );

      /* Links that confirm an address or reset a password: only a hash is kept, each works once */
      create table access_links (
        id uuid primary key default new_id(),
        purpose text not null check (purpose in ('confirm_address', 'reset_password')),
        guard text not null check (guard in ('portal', 'admin')),
        subject_id uuid not null,
        token_hash text not null unique,
        expires_at timestamptz not null,
        used_at timestamptz,
        created_at timestamptz not null default now()
      );
      create index access_links_subject on access_links (subject_id, purpose);

      /* Sessions of the browsers that are signed in, and of visitors with a form open. user_id is
         the guard and the person, "portal <id>" */
      create table sessions (
        id text primary key,
        data text not null,
        user_id text,
        expires_at timestamptz not null
      );
      create index sessions_person on sessions (user_id) where user_id is not null;
      create index sessions_expiry on sessions (expires_at);

      /* Somebody is asked into an account: a membership comes of it when they accept by the link of
         the mail. Only its hash is kept */
      create table invitations (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        email text not null check (email = lower(email)),
        full_name text not null,
        role text not null check (role in ('owner', 'manager', 'reader')),
        locale text not null,
        invited_by uuid references users on delete set null,
        token_hash text not null unique,
        expires_at timestamptz not null,
        accepted_at timestamptz,
        created_at timestamptz not null default now()
      );
      create unique index invitations_open on invitations (account_id, email)
        where accepted_at is null;

      create table rate_limits (key varchar(255) primary key, points integer not null default 0,
        expire bigint);
    `)
  }

  async down() {
    this.schema.raw(`
      drop table rate_limits;
      drop table invitations;
      drop table sessions;
      drop table access_links;
      drop table staff_members;
      drop table memberships;
      drop table users;
      drop table accounts;
    `)
  }
}
