/*
| Keeps what accepted deliveries of a window may cost until it is known what became of them. p_costs
| is a list of { seq, cost } in millionths of a minor unit; only rows that were taken count.
*/
create or replace function keep_open_costs(p_run integer, p_costs jsonb, p_taken integer[])
  returns void language sql as $$
  insert into open_costs (run_id, seq, cost_micro)
    select p_run, c.seq, c.cost from jsonb_to_recordset(p_costs) c(seq integer, cost bigint)
     where c.seq = any(p_taken)
    on conflict (run_id, seq) do nothing
$$;
