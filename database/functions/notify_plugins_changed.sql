create or replace function notify_plugins_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('plugins_changed', coalesce(new.id, old.id));
  return null;
end $$;
