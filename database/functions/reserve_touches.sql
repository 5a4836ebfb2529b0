/*
| Reserves one message of an account to each address whose cap allows it, and says to which it does.
| Today's row of an address is locked, so two campaigns cannot both take the last place.
*/
create or replace function reserve_touches(account uuid, addresses text[], cap integer,
  days integer) returns setof text language sql as $$
  with wanted as (
    select a.address, cap - coalesce((select sum(t.messages) from contact_touches t
             where t.account_id = account and t.address = a.address and t.day > current_date - days
               and t.day < current_date), 0) places
      from (select distinct unnest(addresses) address order by 1) a)
  insert into contact_touches as t (account_id, address, day, messages)
    select account, address, current_date, 1 from wanted where places > 0 order by address
    on conflict (account_id, address, day) do update set messages = t.messages + 1
      where t.messages < cap - coalesce((select sum(p.messages) from contact_touches p
              where p.account_id = account and p.address = excluded.address
                and p.day > current_date - days and p.day < current_date), 0)
    returning t.address
$$;
