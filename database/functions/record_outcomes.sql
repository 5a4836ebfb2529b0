/*
| Writes what happened to the rows of one window that are still under its lease, with the counters
| of the run (whose row orders all that is written for it), of its minute, its destinations and its
| refusals. A row that was named uncertain meanwhile is settled by its answer. The arrays have an
| element a row. p_costs are millionths of a minor unit. p_parts, if not null, is a list of
| { seq, keys }: what was taken in several parts.
|
| Returns messages accepted, the deliveries of the run that are still open (one more while it is
| being expanded), and what others need: addresses that are dead, addresses that were not written to
| after all, rows that were uncertain and are to be tried again, the cost. Looks rows up by their
| keys, as hand_over_deliveries does.
*/
create or replace function record_outcomes(
  p_run integer, p_lease uuid, p_at timestamptz, p_seqs integer[], p_states text[],
    p_reasons text[], p_details text[],
  p_provider_keys text[], p_not_before timestamptz[], p_costs bigint[], p_dead boolean[],
    p_parts jsonb,
  out accepted integer, out pending integer, out dead text[], out returned text[],
    out late integer[], out taken integer[], out cost bigint,
  out account uuid, out campaign uuid, out hold_n integer)
  language plpgsql
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
    set enable_mergejoin = off set enable_material = off as $$
declare
  run campaign_runs;
  sums record;
begin
  with answers as (
    select * from unnest(p_seqs, p_states, p_reasons, p_details, p_provider_keys, p_not_before,
      p_costs, p_dead)
      a(seq, state, reason, detail, provider_key, not_before, cost, dead)
  ), was as (
    select d.seq, d.state from deliveries d join answers a on a.seq = d.seq
     where d.run_id = p_run and d.lease = p_lease and d.state in ('handing_over', 'uncertain')
       order by d.seq for update of d
  ), written as (
    update deliveries d
       set state = a.state, reason = a.reason, detail = a.detail, provider_key = a.provider_key,
         not_before = a.not_before,
           outcome_at = p_at
      from answers a join was on was.seq = a.seq
     where d.run_id = p_run and d.seq = a.seq
    returning d.seq, d.address, d.destination, a.state, a.reason, a.cost, a.dead,
      was.state = 'uncertain' was_uncertain
  ), places as (
    select destination, count(*) filter (where state = 'accepted') accepted,
      count(*) filter (where state = 'rejected') rejected,
           count(*) filter (where state = 'uncertain')
             - count(*) filter (where was_uncertain) uncertain
      from written group by destination
  )
  select count(*) filter (where state = 'accepted') accepted,
    count(*) filter (where state = 'rejected') rejected,
         count(*) filter (where state = 'uncertain') uncertain,
           count(*) filter (where was_uncertain) was_uncertain,
         count(*) filter (where state <> 'deferred') closed, coalesce(sum(written.cost),
           0)::bigint cost,
         array_agg(reason) filter (where reason is not null) refusals,
         array_agg(address) filter (where written.dead) dead,
         array_agg(address) filter (where state in ('rejected', 'deferred')) returned,
         array_agg(seq) filter (where state = 'deferred' and was_uncertain) late,
         array_agg(seq) filter (where state = 'accepted') taken,
         (select jsonb_agg(places) from places) places
    into sums from written;

  if p_parts is not null then
    insert into delivery_parts (run_id, seq, part, provider_key)
      select p_run, p.seq, k.part, k.key
        from jsonb_to_recordset(p_parts) p(seq integer, keys text[]),
          unnest(p.keys) with ordinality k(key, part)
       where p.seq = any(sums.taken)
      on conflict (run_id, seq, part) do nothing;
  end if;

  update campaign_runs r
     set accepted = r.accepted + sums.accepted, rejected = r.rejected + sums.rejected,
         uncertain = r.uncertain + sums.uncertain - sums.was_uncertain,
         pending = r.pending - sums.closed + sums.was_uncertain,
         first_accepted_at = case when sums.accepted > 0 then coalesce(r.first_accepted_at, p_at)
           else r.first_accepted_at end,
         last_outcome_at = p_at, cost_micro = r.cost_micro + sums.cost
   where r.id = p_run returning * into run;

  if sums.closed > 0 or sums.was_uncertain > 0 then
    insert into run_series as s (run_id, minute, accepted, rejected, uncertain)
      values (p_run, date_trunc('minute', p_at), sums.accepted, sums.rejected, sums.uncertain)
      on conflict (run_id, minute) do update
        set accepted = s.accepted + excluded.accepted, rejected = s.rejected + excluded.rejected,
            uncertain = s.uncertain + excluded.uncertain;
    update run_destinations d
       set accepted = d.accepted + p.accepted, rejected = d.rejected + p.rejected,
         uncertain = d.uncertain + p.uncertain
      from jsonb_to_recordset(sums.places) p(destination text, accepted integer, rejected integer,
        uncertain integer)
     where d.run_id = p_run and d.destination = p.destination;
  end if;
  if sums.refusals is not null then
    insert into run_refusals as t (run_id, reason, deliveries) select p_run, r, count(*)
      from unnest(sums.refusals) r group by r
      on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries;
  end if;

  accepted := sums.accepted;
  pending := run.pending + case when run.state = 'expanding' then 1 else 0 end;
  dead := sums.dead;
  returned := sums.returned;
  late := sums.late;
  taken := sums.taken;
  cost := sums.cost;
  account := run.account_id;
  campaign := run.campaign_id;
  hold_n := run.hold_n;
end $$;
