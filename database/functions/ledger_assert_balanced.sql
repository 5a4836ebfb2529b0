/* Defence in depth: an unbalanced transaction cannot commit, also when an entry is added to an old
   one later */
create or replace function ledger_assert_balanced() returns trigger language plpgsql as $$
declare total numeric; entries int; tx bigint;
begin
  tx := case when tg_table_name = 'ledger_entries'
    then (to_jsonb(new) ->> 'transaction_id')::bigint else (to_jsonb(new) ->> 'id')::bigint end;
  select coalesce(sum(amount), 0), count(*) into total, entries from ledger_entries
    where transaction_id = tx;
  if total <> 0 or entries < 2 then
    raise exception 'transaction % is unbalanced (sum %, % entries)', tx, total, entries
      using errcode = 'LG002';
  end if;
  return null;
end $$;
