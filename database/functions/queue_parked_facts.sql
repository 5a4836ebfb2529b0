/*
| Outcomes of a run were written: facts that came before them are matched now, by a job that exists
| when they do. In the transaction that writes the outcomes. A delivery without a key of the far
| side goes by its own id, one in parts by the key of each. There are few parked facts, or none.
*/
create or replace function queue_parked_facts(p_run integer, p_seqs integer[],
  p_provider_keys text[], p_parts jsonb) returns void language sql as $$
  select graphile_worker.add_job('facts.match', json_build_object('pluginId', r.plugin_id),
      job_key => 'facts.match:' || r.plugin_id)
    from campaign_runs r
   where r.id = p_run and exists (select from parked_facts f where f.plugin_id = r.plugin_id
     and f.subject = any(array(
       select coalesce(k.provider_key, p_run || '.' || k.seq)
         from unnest(p_seqs, p_provider_keys) k(seq, provider_key)
       union all
       select key from jsonb_to_recordset(p_parts) p(seq integer, keys text[]), unnest(p.keys) key
       union all
       select p_run || '.' || seq from unnest(p_seqs) seq)))
$$;
