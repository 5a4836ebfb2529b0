create or replace function delete_events_of_runs() returns trigger language plpgsql as $$
begin
  delete from events e using gone where e.run_id = gone.id;
  return null;
end $$;
