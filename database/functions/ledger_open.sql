-- role: griot_ledger
create or replace function ledger_open(p_key text, p_kind text, p_currency text, p_account uuid,
  p_min_balance bigint)
returns bigint language plpgsql security definer set search_path from current as $$
declare found_id bigint; found_kind text; found_currency text;
begin
  insert into ledger_accounts (key, kind, currency, account_id, min_balance)
    values (p_key, p_kind, p_currency, p_account, p_min_balance)
    on conflict (key) do nothing returning id into found_id;
  if found_id is null then
    select id, kind, currency into found_id, found_kind, found_currency from ledger_accounts
      where key = p_key;
    if found_kind <> p_kind or found_currency <> p_currency then
      raise exception 'ledger account % exists as % in %', p_key, found_kind, found_currency
        using errcode = 'LG008';
    end if;
  end if;
  return found_id;
end $$;
