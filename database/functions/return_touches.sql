/* Gives reservations under frequency caps back, for messages that were not accepted after all */
create or replace function return_touches(p_account uuid, p_addresses text[]) returns void
  language sql as $$
  update contact_touches t set messages = t.messages - 1
    from (select address, max(day) as day from contact_touches
           where account_id = p_account and address = any(p_addresses) and messages > 0
             group by address) l
   where t.account_id = p_account and t.address = l.address and t.day = l.day
$$;
