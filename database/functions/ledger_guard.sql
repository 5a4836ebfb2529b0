create or replace function ledger_guard() returns trigger language plpgsql as $$
begin
  if tg_op in ('DELETE', 'TRUNCATE') or (tg_op = 'UPDATE' and tg_table_name <> 'ledger_accounts')
    then
    raise exception 'ledger rows are immutable' using errcode = 'LG001';
  end if;
  if current_user <> 'griot_ledger' then
    raise exception 'only ledger_post() writes the ledger' using errcode = 'LG007';
  end if;
  return null;
end $$;
