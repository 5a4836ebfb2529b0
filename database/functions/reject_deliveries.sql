/*
| Deliveries that will not be sent, for a reason of ours: `expired`, when a run is over, or
| `no_price`. With a lease, those that are leased under it; without, whatever they wait for. Counted
| as any other rejection.
*/
create or replace function reject_deliveries(p_run integer, p_seqs integer[], p_reason text,
  p_lease uuid, p_at timestamptz)
  returns integer language sql as $$
  with refused as (
    update deliveries set state = 'rejected', reason = p_reason, lease = null, not_before = null,
      outcome_at = p_at
     where run_id = p_run and seq = any(p_seqs)
       and (p_lease is null or (lease = p_lease and state = 'leased'))
    returning destination
  ), places as (
    update run_destinations d set rejected = d.rejected + g.n
      from (select destination, count(*) n from refused group by destination) g
     where d.run_id = p_run and d.destination = g.destination
  ), reasons as (
    insert into run_refusals as t (run_id, reason, deliveries) select p_run, p_reason, count(*)
      from refused having count(*) > 0
      on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries
  ), minutes as (
    insert into run_series as s (run_id, minute, rejected) select p_run,
      date_trunc('minute', p_at), count(*) from refused having count(*) > 0
      on conflict (run_id, minute) do update set rejected = s.rejected + excluded.rejected
  )
  update campaign_runs r set pending = r.pending - g.n, rejected = r.rejected + g.n,
    last_outcome_at = p_at
    from (select count(*) n from refused) g where r.id = p_run
  returning g.n::integer
$$;
