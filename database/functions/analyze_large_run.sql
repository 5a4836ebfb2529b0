/* Tells the planner what a run looks like. Other partitions hold many runs, and are analysed by
   autovacuum */
create or replace function analyze_large_run(run integer) returns void language plpgsql as $$
begin
  if to_regclass('deliveries_run_' || run) is not null then
    execute format('analyze %I', 'deliveries_run_' || run);
  end if;
end $$;
