import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
      | What the admin wants (desired) and what is true (operation, health, quarantine) stand apart;
      | the status is derived
      | from both, so that every process agrees.
      */
      create table plugins (
        id text primary key check (id ~ '^[a-z][a-z0-9_]{1,30}$'),
        version text not null,
        desired text not null default 'disabled' check (desired in ('enabled', 'disabled')),
        operation text check (operation in ('installing', 'upgrading', 'uninstalling')),
        operation_error text,
        health text not null default 'unknown' check (health in ('unknown', 'ok', 'degraded')),
        health_detail text not null default '',
        quarantined_at timestamptz,
        quarantine_code text,
        quarantine_reason text,
        granted jsonb not null default '{}',
        settings jsonb not null default '{}',
        settings_source text not null default 'default'
          check (settings_source in ('default', 'sandbox', 'admin')),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );

      create table plugin_failures (
        id bigint generated always as identity primary key,
        plugin_id text not null references plugins on delete cascade,
        code text not null,
        operation text not null,
        detail text not null,
        at timestamptz not null default now()
      );
      create index plugin_failures_recent on plugin_failures (plugin_id, at desc);

      create table plugin_secrets (
        plugin_id text not null references plugins on delete cascade,
        name text not null,
        cipher text not null,
        updated_at timestamptz not null default now(),
        primary key (plugin_id, name)
      );

      create table plugin_storage (
        plugin_id text not null references plugins on delete cascade,
        key text not null check (length(key) between 1 and 200),
        value text not null,
        expires_at timestamptz,
        primary key (plugin_id, key)
      );

      create table plugin_webhook_calls (
        id uuid primary key default new_id(),
        plugin_id text not null references plugins on delete cascade,
        name text not null,
        sha256 text not null,
        verdict text not null check (verdict in ('accepted', 'refused', 'failed')),
        received_at timestamptz not null default now()
      );
      create index plugin_webhook_calls_repeated on plugin_webhook_calls (plugin_id, name, sha256);

      /* What a simulator received in the Sandbox: mail, SMS, calls, payments */
      create table sandbox_messages (
        id uuid primary key default new_id(),
        plugin_id text not null,
        simulator text not null,
        recipient text not null,
        sender text not null default '',
        title text not null default '',
        body jsonb not null default '{}',
        raw bytea,
        received_at timestamptz not null default now()
      );
      create index sandbox_messages_recent on sandbox_messages (simulator, id desc);
      create index sandbox_messages_recipient on sandbox_messages (recipient, id desc);

      create table theme_settings (
        theme text not null,
        key text not null,
        value jsonb not null,
        primary key (theme, key)
      );

      /* Tells every process, over LISTEN/NOTIFY, when the set of enabled plugins changes */
      create trigger plugins_changed after insert or delete or update of version, desired,
        operation, quarantined_at, settings, granted, health on plugins
        for each row execute function notify_plugins_changed();
    `)
  }

  async down() {
    this.schema.raw(`
      drop table theme_settings;
      drop table sandbox_messages;
      drop table plugin_webhook_calls;
      drop table plugin_storage;
      drop table plugin_secrets;
      drop table plugin_failures;
      drop table plugins;
    `)
  }
}
