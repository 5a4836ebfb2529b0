create or replace function refuse_members_without_list() returns trigger language plpgsql as $$
declare missing uuid;
begin
  perform from contact_lists where id in (select distinct list_id from made) for key share;
  select list_id into missing from (select distinct list_id from made) m
    where not exists (select from contact_lists l where l.id = m.list_id) limit 1;
  if found then
    raise foreign_key_violation using message = format('members of a list that does not exist: %s',
      missing), table = 'contact_list_members';
  end if;
  return null;
end $$;
