import { BaseSchema } from '@adonisjs/lucid/schema'

/** Tells every process, over LISTEN/NOTIFY, when the set of enabled plugins or the state of a campaign changes */
export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      create function notify_plugins_changed() returns trigger language plpgsql as $$
      begin
        perform pg_notify('plugins_changed', coalesce(new.id, old.id));
        return null;
      end $$;
      create trigger plugins_changed after insert or delete or update of version, desired, operation, quarantined_at, settings, granted, health on plugins
        for each row execute function notify_plugins_changed();
    `)
  }

  async down() {
    this.schema.raw(`
      drop trigger plugins_changed on plugins;
      drop function notify_plugins_changed();
    `)
  }
}
