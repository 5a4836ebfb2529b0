/*
| Gives back what is leased of a range under one lease. Returns the rows of the range that are still
| to be sent, and when the first of them is due: after the pause (seconds) when one waits already,
| else when the first deferred one is.
*/
create or replace function free_deliveries(
  p_run integer, p_from integer, p_to integer, p_lease uuid, p_pause double precision,
  out still_open integer, out due timestamptz) language sql as $$
  with freed as (
    update deliveries set state = 'pending', lease = null
     where run_id = p_run and seq between p_from and p_to and state = 'leased' and lease = p_lease
    returning 1
  ), waiting as (
    select (select count(*) from freed) + count(*) filter (where state = 'pending') pending,
           count(*) filter (where state = 'deferred') deferred,
           min(not_before) filter (where state = 'deferred') first_deferred
      from deliveries where run_id = p_run and seq between p_from and p_to
  )
  select (pending + deferred)::integer,
         case when pending > 0 then now() + p_pause * interval '1 second' else first_deferred end
    from waiting
$$;
