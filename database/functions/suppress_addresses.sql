/*
| Addresses that an account does not write to any more. One that is suppressed already keeps its
| first reason.
*/
create or replace function suppress_addresses(p_account uuid, p_addresses text[], p_reason text,
  p_source text)
  returns void language sql as $$
  insert into suppressions (account_id, address, reason, source)
    select p_account, address, p_reason, p_source from (select distinct unnest(p_addresses) address
      order by 1) a
    on conflict (account_id, address) do nothing
$$;
