create or replace function delete_deliveries_of_runs() returns trigger language plpgsql as $$
begin
  delete from deliveries d using gone where d.run_id = gone.id;
  return null;
end $$;
