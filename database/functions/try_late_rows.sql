/*
| Rows that were named uncertain, and of which the far side now says that it did not take them:
| their chunk, which nobody waits for any more, is opened again. When the run is over they were not
| delivered. Called with the run's row held.
*/
create or replace function try_late_rows(p_run integer, p_seqs integer[], p_at timestamptz)
  returns void language plpgsql
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
    set enable_mergejoin = off set enable_material = off as $$
begin
  perform from campaign_runs where id = p_run and state in ('expanding', 'running');
  if not found then
    perform reject_deliveries(p_run, p_seqs, 'expired', null, p_at);
    return;
  end if;
  update delivery_chunks c set state = 'open', not_before = late.due
    from (select k.n, min(d.not_before) due
            from deliveries d join delivery_chunks k on k.run_id = d.run_id
              and d.seq between k.from_seq and k.to_seq
           where d.run_id = p_run and d.seq = any(p_seqs) group by k.n) late
   where c.run_id = p_run and c.n = late.n and c.state = 'done';
end $$;
