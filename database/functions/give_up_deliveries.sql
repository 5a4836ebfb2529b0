/*
| Deliveries that would have to be tried again, of a run that is over: they were not delivered. Called with the run's row held.
*/
create or replace function give_up_deliveries(p_run integer, p_seqs integer[], p_at timestamptz) returns void language sql as $$
  with given_up as (
    update deliveries set state = 'rejected', reason = 'expired', not_before = null, outcome_at = p_at
     where run_id = p_run and seq = any(p_seqs) returning destination
  ), places as (
    update run_destinations d set rejected = d.rejected + g.n
      from (select destination, count(*) n from given_up group by destination) g
     where d.run_id = p_run and d.destination = g.destination
  ), reasons as (
    insert into run_refusals as t (run_id, reason, deliveries) select p_run, 'expired', count(*) from given_up
      on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries
  )
  update campaign_runs r set pending = r.pending - g.n, rejected = r.rejected + g.n
    from (select count(*) n from given_up) g where r.id = p_run
$$;
