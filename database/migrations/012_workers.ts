import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /* Worker processes: who is there and when it was last heard. Whether it lives is told by its
         advisory lock */
      create table workers (
        id uuid primary key,
        host text not null,
        pid integer not null,
        started_at timestamptz not null default now(),
        seen_at timestamptz not null default now(),
        figures jsonb not null default '{}'
      );

      /*
      | Counters never fall: what runs and workers that are gone had counted stays here. Prometheus
      | takes a fall for a new start
      | and would count everything once more.
      */
      create table metric_totals (
        key text primary key,
        value double precision not null
      );
      create trigger counters_stay_without_worker after delete on workers
        referencing old table as gone for each statement
          execute function keep_counters_of_workers();
      create trigger counters_stay_without_run after delete on campaign_runs
        referencing old table as gone for each statement execute function keep_counters_of_runs();
    `)
  }

  async down() {
    this.schema.raw(`
      drop trigger counters_stay_without_run on campaign_runs;
      drop table workers;
      drop table metric_totals;
    `)
  }
}
