/*
| Hands a window over: renews the lease of its chunk and, while the campaign runs, moves its rows to
| handing_over. Returns what is to be sent; nothing when the lease was lost or the campaign is
| paused or cancelled.
*/
create or replace function hand_over(p_run integer, p_chunk integer, p_lease uuid,
  p_seqs integer[], p_lease_seconds integer)
  returns table (seq integer, address text, destination text, attempts smallint, contact jsonb)
    language plpgsql as $$
begin
  update delivery_chunks c set lease_until = now() + p_lease_seconds * interval '1 second'
   where c.run_id = p_run and c.n = p_chunk and c.lease = p_lease;
  if not found then return; end if;
  perform from campaign_runs r join campaigns g on g.id = r.campaign_id where r.id = p_run
    and g.state = 'running';
  if not found then return; end if;
  return query select m.seq, m.address, m.destination, m.attempts, m.contact
    from hand_over_deliveries(p_run, p_lease, p_seqs) m;
end $$;
