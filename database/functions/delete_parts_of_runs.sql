create or replace function delete_parts_of_runs() returns trigger language plpgsql as $$
begin
  delete from delivery_parts p using gone where p.run_id = gone.id;
  return null;
end $$;
