import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
      | Counters never fall: what runs and workers that are gone had counted stays here. Prometheus takes a fall for a new start
      | and would count everything once more.
      */
      create table metric_totals (
        key text primary key,
        value double precision not null
      );

      create function keep_counters_of_workers() returns trigger language plpgsql as $$
      begin
        insert into metric_totals as t (key, value)
          select c.key, sum(c.value::float8) from gone, jsonb_each_text(coalesce(gone.figures -> 'counters', '{}')) c group by c.key order by c.key
          on conflict (key) do update set value = t.value + excluded.value;
        return null;
      end $$;
      create trigger counters_stay_without_worker after delete on workers
        referencing old table as gone for each statement execute function keep_counters_of_workers();

      create function keep_counters_of_runs() returns trigger language plpgsql as $$
      begin
        insert into metric_totals as t (key, value)
          select 'deliveries ' || c.outcome, sum(c.n) from gone
           cross join lateral (values ('accepted', accepted), ('rejected', rejected), ('excluded', excluded), ('delivered', delivered), ('bounced', bounced)) c(outcome, n)
           group by 1 order by 1
          on conflict (key) do update set value = t.value + excluded.value;
        return null;
      end $$;
      create trigger counters_stay_without_run after delete on campaign_runs
        referencing old table as gone for each statement execute function keep_counters_of_runs();

      /* When quiet hours that hold at a time end, on the wall clock of a zone; null outside of them */
      create function quiet_end(quiet_from time, quiet_until time, zone text, at timestamptz) returns timestamptz language sql stable parallel safe as $$
        select case when is_quiet(quiet_from, quiet_until, zone, at) then
          ((at at time zone zone)::date + quiet_until + case when (at at time zone zone)::time >= quiet_until then interval '1 day' else interval '0' end) at time zone zone end
      $$;

      /* Runs that a person has to look at. The column seldom changes, so updates of other counters stay in their page */
      create index campaign_runs_uncertain on campaign_runs (campaign_id) where uncertain > 0;

      /* A delivery of a run that is over is not sent again by the run: its contact may be written to by a new campaign */
      alter table delivery_decisions
        drop constraint delivery_decisions_decision_check,
        add constraint delivery_decisions_decision_check check (decision in ('accepted', 'rejected', 'resend', 'relaunched'));
    `)
  }

  async down() {
    this.schema.raw(`
      delete from delivery_decisions where decision = 'relaunched';
      alter table delivery_decisions
        drop constraint delivery_decisions_decision_check,
        add constraint delivery_decisions_decision_check check (decision in ('accepted', 'rejected', 'resend'));
      drop index campaign_runs_uncertain;
      drop function quiet_end(time, time, text, timestamptz);
      drop trigger counters_stay_without_run on campaign_runs;
      drop function keep_counters_of_runs();
      drop trigger counters_stay_without_worker on workers;
      drop function keep_counters_of_workers();
      drop table metric_totals;
    `)
  }
}
