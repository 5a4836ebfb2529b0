create or replace function keep_counters_of_workers() returns trigger language plpgsql as $$
begin
  insert into metric_totals as t (key, value)
    select c.key, sum(c.value::float8) from gone,
      jsonb_each_text(coalesce(gone.figures -> 'counters', '{}')) c group by c.key order by c.key
    on conflict (key) do update set value = t.value + excluded.value;
  return null;
end $$;
