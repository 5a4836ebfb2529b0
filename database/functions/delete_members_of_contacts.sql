create or replace function delete_members_of_contacts() returns trigger language plpgsql as $$
begin
  delete from contact_list_members m using gone, contact_lists l
    where l.account_id = gone.account_id and m.list_id = l.id and m.contact_id = gone.id;
  return null;
end $$;
