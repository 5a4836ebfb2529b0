create or replace function delete_contacts_of_accounts() returns trigger language plpgsql as $$
begin
  delete from contacts c using gone where c.account_id = gone.id;
  return null;
end $$;
