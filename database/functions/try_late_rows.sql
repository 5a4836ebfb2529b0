/*
| Rows that were named uncertain, and of which the far side now says that it did not take them: their chunk, which nobody
| waits for any more, is opened again. When the run is over they were not delivered. Called with the run's row held.
*/
create or replace function try_late_rows(p_run integer, p_seqs integer[], p_at timestamptz) returns void language plpgsql as $$
begin
  if exists (select 1 from campaign_runs where id = p_run and state in ('expanding', 'running')) then
    update delivery_chunks c set state = 'open', not_before = late.due
      from (select k.n, min(d.not_before) due from deliveries d join delivery_chunks k on k.run_id = d.run_id and d.seq between k.from_seq and k.to_seq
             where d.run_id = p_run and d.seq = any(p_seqs) group by k.n) late
     where c.run_id = p_run and c.n = late.n and c.state = 'done';
    return;
  end if;
  with given_up as (
    update deliveries set state = 'rejected', reason = 'expired', not_before = null, outcome_at = p_at
     where run_id = p_run and seq = any(p_seqs) returning destination
  ), places as (
    update run_destinations d set rejected = d.rejected + g.n
      from (select destination, count(*) n from given_up group by destination) g where d.run_id = p_run and d.destination = g.destination
  ), reasons as (
    insert into run_refusals as t (run_id, reason, deliveries) select p_run, 'expired', count(*) from given_up
      on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries
  )
  update campaign_runs r set pending = r.pending - g.n, rejected = r.rejected + g.n from (select count(*) n from given_up) g where r.id = p_run;
end $$;
