/*
 Contacts and memberships come by the million. A foreign key asks its question for each row (27 s of
 100 in an import of
 1,000,000); these triggers ask once a statement, and lock what is referred to just as a foreign key
 does. Nothing
 changes an id, so updates are not watched. A membership of a contact that never was is the one
 thing they let pass:
 the verbs write both in one transaction.
*/
create or replace function refuse_contacts_without_account() returns trigger language plpgsql as $$
declare missing uuid;
begin
  perform from accounts where id in (select distinct account_id from made) for key share;
  select account_id into missing from (select distinct account_id from made) m
    where not exists (select from accounts a where a.id = m.account_id) limit 1;
  if found then
    raise foreign_key_violation
      using message = format('contacts of an account that does not exist: %s', missing),
      table = 'contacts';
  end if;
  return null;
end $$;
