create or replace function delete_members_of_lists() returns trigger language plpgsql as $$
begin
  delete from contact_list_members m using gone where m.list_id = gone.id;
  return null;
end $$;
