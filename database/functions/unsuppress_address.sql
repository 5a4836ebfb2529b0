/*
| Lets an account write again to an address that was suppressed for one reason. What was suppressed
| for another one stays.
*/
create or replace function unsuppress_address(p_account uuid, p_address text, p_reason text)
  returns void language sql as $$
  delete from suppressions where account_id = p_account and address = p_address
    and reason = p_reason
$$;
