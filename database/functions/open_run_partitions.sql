/*
| Makes the partitions that a run's rows go to, when they are not there yet. They are filled in
| before they are attached: ATTACH lets others read and write meanwhile, CREATE … PARTITION OF does
| not.
*/
create or replace function open_run_partitions(run integer) returns void language plpgsql as $$
declare
  large constant integer := 1073741824;
  low integer := case when run >= large then run else run / 1000 * 1000 end;
  high integer := case when run >= large then run + 1 else run / 1000 * 1000 + 1000 end;
  suffix text := case when run >= large then 'run_' || run else 'runs_' || run / 1000 * 1000 end;
  parent text;
  child text;
begin
  if to_regclass('deliveries_' || suffix) is not null
    and to_regclass('delivery_parts_' || suffix) is not null
    and to_regclass('events_' || suffix) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('open_run_partitions'));
  /* Asked of the catalogue, not by to_regclass: that remembers what was not there before the lock
     was waited for */
  foreach parent in array array['deliveries', 'delivery_parts', 'events'] loop
    child := parent || '_' || suffix;
    continue when exists (select from pg_class where relname = child
      and relnamespace = current_schema()::regnamespace);
    execute format(
      'create table %I (like %I including defaults including constraints including indexes)%s',
      child, parent,
      case parent when 'deliveries' then ' with (fillfactor = 80)' else '' end);
    execute format('alter table %I add constraint of_runs check (run_id >= %s and run_id < %s)',
      child, low, high);
    execute format('alter table %I attach partition %I for values from (%s) to (%s)', parent,
      child, low, high);
  end loop;
end $$;
