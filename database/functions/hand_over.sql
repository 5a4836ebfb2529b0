/*
| The rows of a window that are still under its lease become handing_over, while the campaign runs; who unsubscribed
| since is left out. Renews the lease. Returns what is to be sent, with what the contact is called by.
*/
create or replace function hand_over(p_run integer, p_chunk integer, p_lease uuid, p_seqs integer[], p_lease_seconds integer)
  returns table (seq integer, address text, destination text, attempts smallint, contact jsonb) language sql set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $$
  with renewed as (
    update delivery_chunks set lease_until = now() + p_lease_seconds * interval '1 second' where run_id = p_run and n = p_chunk and lease = p_lease returning 1
  ), moved as (
    update deliveries d set state = 'handing_over', attempts = d.attempts + 1
      from unnest(p_seqs) wanted(seq), campaign_runs r join campaigns g on g.id = r.campaign_id
     where r.id = p_run and g.state = 'running' and exists (select 1 from renewed)
       and d.run_id = p_run and d.seq = wanted.seq and d.state = 'leased' and d.lease = p_lease
       and not exists (select 1 from suppressions s where s.account_id = r.account_id and s.address = d.address offset 0)
    returning d.seq, d.address, d.destination, d.attempts, d.contact_id
  )
  select m.seq, m.address, m.destination, m.attempts,
         jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name, 'email', c.email, 'phone', c.phone,
           'city', c.city, 'country', c.country, 'language', c.language)) || coalesce(c.fields, '{}')
    from moved m left join contacts c on c.id = m.contact_id order by m.seq
$$;
