/*
| The rows of a window that are still under its lease become handing_over. Who does not want to be
| written to since, or is gone, is left out: the next lease excludes them. Returns what is to be
| sent, with what the contact is called by.
|
| Rows are looked up by their keys, whatever the planner thinks. It plans once, when a run has just
| begun and nothing is known of its partition, and would go on reading a million rows for each
| window by the way that is best for a hundred.
*/
create or replace function hand_over_deliveries(p_run integer, p_lease uuid, p_seqs integer[])
  returns table (seq integer, address text, destination text, attempts smallint, contact jsonb)
    language sql
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
    set enable_mergejoin = off set enable_material = off as $$
  with moved as (
    update deliveries d set state = 'handing_over', attempts = d.attempts + 1
      from unnest(p_seqs) wanted(seq), campaign_runs r, contacts c
     where r.id = p_run and d.run_id = p_run and d.seq = wanted.seq and d.state = 'leased'
       and d.lease = p_lease
       and c.id = d.contact_id and c.account_id = r.account_id
       and c.consent = case when (r.rules ->> 'asksConsent')::boolean then 'unknown'
         else 'granted' end
       and not exists (select 1 from suppressions s where s.account_id = r.account_id
         and s.address = d.address offset 0)
    returning d.seq, d.address, d.destination, d.attempts,
              jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name,
                'last_name', c.last_name, 'email', c.email,
                'phone', c.phone, 'city', c.city, 'country', c.country, 'language', c.language))
                  || c.fields contact
  )
  select m.seq, m.address, m.destination, m.attempts, m.contact from moved m order by m.seq
$$;
