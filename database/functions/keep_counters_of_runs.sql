create or replace function keep_counters_of_runs() returns trigger language plpgsql as $$
begin
  insert into metric_totals as t (key, value)
    select 'deliveries ' || c.outcome, sum(c.n) from gone
     cross join lateral (values ('accepted', accepted), ('rejected', rejected),
       ('excluded', excluded), ('delivered', delivered), ('bounced', bounced)) c(outcome, n)
     group by 1 order by 1
    on conflict (key) do update set value = t.value + excluded.value;
  return null;
end $$;
