import { BaseSchema } from '@adonisjs/lucid/schema'

/**
 * The two ends of a window, on the server: one call each, one transaction. Workers settle windows of the same run all the time
 * and wait for each other at the run's row, so it must not be held while a busy process reads an answer and asks the next question.
 *
 * Both look rows up by their keys, whatever the planner thinks. It plans them once, when a run has just begun and nothing is known
 * of its partition, and would go on reading a million rows for each window by the way that is best for a hundred.
 */
const BY_KEY =
  'set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
      | Captures what a piece of work cost from the campaign's hold, once a key. The rounding is cumulative over the hold: what
      | is taken now is the new total, rounded half up, less the old one. Never more than was held. Costs are millionths of a
      | minor unit. Returns the minor units taken.
      */
      create function capture_cost(p_campaign uuid, p_hold integer, p_cost_micro bigint, p_key text, p_escrow text, p_revenue text, p_currency text)
        returns bigint language plpgsql as $$
      declare
        hold campaign_holds;
        due bigint;
      begin
        if p_cost_micro = 0 then return 0; end if;
        update campaign_holds set cost_micro = cost_micro + p_cost_micro
         where campaign_id = p_campaign and n = p_hold and state = 'open' returning * into hold;
        /* An answer that comes after settlement changes the report, never the bill */
        if not found then return 0; end if;
        due := least((hold.cost_micro + 500000) / 1000000, hold.held) - hold.captured;
        if due <= 0 then return 0; end if;
        perform ledger_open(p_revenue, 'revenue', p_currency, null, null);
        update campaign_holds set captured = captured + due where campaign_id = p_campaign and n = p_hold;
        perform ledger_post(p_key, 'capture', jsonb_build_array(jsonb_build_object('from', p_escrow, 'to', p_revenue, 'amount', due)), 'campaign', p_campaign::text);
        return due;
      end $$;

      /* Gives reservations under frequency caps back, for messages that were not accepted after all */
      create function return_touches(p_account uuid, p_addresses text[]) returns void language sql as $$
        update contact_touches t set messages = t.messages - 1
          from (select address, max(day) as day from contact_touches
                 where account_id = p_account and address = any(p_addresses) and messages > 0 group by address) l
         where t.account_id = p_account and t.address = l.address and t.day = l.day
      $$;

      /*
      | The rows of a window that are still under its lease become handing_over, while the campaign runs; who unsubscribed
      | since is left out. Renews the lease. Returns what is to be sent, with what the contact is called by.
      */
      create function hand_over(p_run integer, p_chunk integer, p_lease uuid, p_seqs integer[], p_lease_seconds integer)
        returns table (seq integer, address text, destination text, attempts smallint, contact jsonb) language sql ${BY_KEY} as $$
        with renewed as (
          update delivery_chunks set lease_until = now() + p_lease_seconds * interval '1 second' where run_id = p_run and n = p_chunk and lease = p_lease returning 1
        ), moved as (
          update deliveries d set state = 'handing_over', attempts = d.attempts + 1
            from unnest(p_seqs) wanted(seq), campaign_runs r join campaigns g on g.id = r.campaign_id
           where r.id = p_run and g.state = 'running' and exists (select 1 from renewed)
             and d.run_id = p_run and d.seq = wanted.seq and d.state = 'leased' and d.lease = p_lease
             and not exists (select 1 from suppressions s where s.account_id = r.account_id and s.address = d.address offset 0)
          returning d.seq, d.address, d.destination, d.attempts, d.contact_id
        )
        select m.seq, m.address, m.destination, m.attempts,
               jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name, 'email', c.email, 'phone', c.phone,
                 'city', c.city, 'country', c.country, 'language', c.language)) || coalesce(c.fields, '{}')
          from moved m left join contacts c on c.id = m.contact_id order by m.seq
      $$;

      /*
      | Rows that were named uncertain, and of which the far side now says that it did not take them: their chunk, which nobody
      | waits for any more, is opened again. When the run is over they were not delivered. Called with the run's row held.
      */
      create function try_late_rows(p_run integer, p_seqs integer[], p_at timestamptz) returns void language plpgsql as $$
      begin
        if exists (select 1 from campaign_runs where id = p_run and state in ('expanding', 'running')) then
          update delivery_chunks c set state = 'open', not_before = late.due
            from (select k.n, min(d.not_before) due from deliveries d join delivery_chunks k on k.run_id = d.run_id and d.seq between k.from_seq and k.to_seq
                   where d.run_id = p_run and d.seq = any(p_seqs) group by k.n) late
           where c.run_id = p_run and c.n = late.n and c.state = 'done';
          return;
        end if;
        with given_up as (
          update deliveries set state = 'rejected', reason = 'expired', not_before = null, outcome_at = p_at
           where run_id = p_run and seq = any(p_seqs) returning destination
        ), places as (
          update run_destinations d set rejected = d.rejected + g.n
            from (select destination, count(*) n from given_up group by destination) g where d.run_id = p_run and d.destination = g.destination
        ), reasons as (
          insert into run_refusals as t (run_id, reason, deliveries) select p_run, 'expired', count(*) from given_up
            on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries
        )
        update campaign_runs r set pending = r.pending - g.n, rejected = r.rejected + g.n from (select count(*) n from given_up) g where r.id = p_run;
      end $$;

      /*
      | Writes what happened to the rows of one window that are still under its lease, with all that follows from it: counters
      | of the run (whose row orders all that is written for it), of its minute, its destinations and its refusals; addresses that
      | are dead; reservations given back; the cost captured. A row that was named uncertain meanwhile is settled by its answer.
      | The arrays have an element a row. p_costs are millionths of a minor unit. p_capped: caps are in force.
      |
      | Returns messages accepted, and the deliveries of the run that are still open (one more while it is being expanded).
      */
      create function settle_window(
        p_run integer, p_lease uuid, p_at timestamptz, p_seqs integer[], p_states text[], p_reasons text[], p_details text[], p_provider_keys text[],
        p_not_before timestamptz[], p_costs bigint[], p_dead boolean[], p_capped boolean, p_key text, p_escrow text, p_revenue text, p_currency text,
        out accepted integer, out pending integer) language plpgsql ${BY_KEY} as $$
      declare
        run campaign_runs;
        sums record;
      begin
        with answers as (
          select * from unnest(p_seqs, p_states, p_reasons, p_details, p_provider_keys, p_not_before, p_costs, p_dead)
            a(seq, state, reason, detail, provider_key, not_before, cost, dead)
        ), was as (
          select d.seq, d.state from deliveries d join answers a on a.seq = d.seq
           where d.run_id = p_run and d.lease = p_lease and d.state in ('handing_over', 'uncertain') order by d.seq for update of d
        ), written as (
          update deliveries d set state = a.state, reason = a.reason, detail = a.detail, provider_key = a.provider_key, not_before = a.not_before, outcome_at = p_at
            from answers a join was on was.seq = a.seq
           where d.run_id = p_run and d.seq = a.seq
          returning d.seq, d.address, d.destination, a.state, a.reason, a.cost, a.dead, was.state = 'uncertain' was_uncertain
        ), places as (
          select destination, count(*) filter (where state = 'accepted') accepted, count(*) filter (where state = 'rejected') rejected,
                 count(*) filter (where state = 'uncertain') - count(*) filter (where was_uncertain) uncertain
            from written group by destination
        )
        select count(*) filter (where state = 'accepted') accepted, count(*) filter (where state = 'rejected') rejected,
               count(*) filter (where state = 'uncertain') uncertain, count(*) filter (where was_uncertain) was_uncertain,
               count(*) filter (where state <> 'deferred') closed, coalesce(sum(cost), 0)::bigint cost,
               array_agg(reason) filter (where reason is not null) refusals,
               array_agg(address) filter (where dead) dead,
               array_agg(address) filter (where state in ('rejected', 'deferred')) returned,
               array_agg(seq) filter (where state = 'deferred' and was_uncertain) late,
               (select jsonb_agg(places) from places) places
          into sums from written;

        accepted := sums.accepted;
        update campaign_runs r set accepted = r.accepted + sums.accepted, rejected = r.rejected + sums.rejected,
               uncertain = r.uncertain + sums.uncertain - sums.was_uncertain, pending = r.pending - sums.closed + sums.was_uncertain,
               first_accepted_at = case when sums.accepted > 0 then coalesce(r.first_accepted_at, p_at) else r.first_accepted_at end,
               last_outcome_at = p_at, cost_micro = r.cost_micro + sums.cost
         where r.id = p_run returning * into run;
        pending := run.pending + case when run.state = 'expanding' then 1 else 0 end;

        if sums.closed > 0 or sums.was_uncertain > 0 then
          insert into run_series as s (run_id, minute, accepted, rejected, uncertain)
            values (p_run, date_trunc('minute', p_at), sums.accepted, sums.rejected, sums.uncertain)
            on conflict (run_id, minute) do update
              set accepted = s.accepted + excluded.accepted, rejected = s.rejected + excluded.rejected, uncertain = s.uncertain + excluded.uncertain;
          update run_destinations d set accepted = d.accepted + p.accepted, rejected = d.rejected + p.rejected, uncertain = d.uncertain + p.uncertain
            from jsonb_to_recordset(sums.places) p(destination text, accepted integer, rejected integer, uncertain integer)
           where d.run_id = p_run and d.destination = p.destination;
        end if;
        if sums.refusals is not null then
          insert into run_refusals as t (run_id, reason, deliveries) select p_run, r, count(*) from unnest(sums.refusals) r group by r
            on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries;
        end if;
        if sums.late is not null then perform try_late_rows(p_run, sums.late, p_at); end if;
        /* A dead address is not written to again by this account */
        if sums.dead is not null then
          insert into suppressions (account_id, address, reason, source) select run.account_id, unnest(sums.dead), 'bounced', 'run:' || p_run
            on conflict (account_id, address) do nothing;
        end if;
        if p_capped and sums.returned is not null then perform return_touches(run.account_id, sums.returned); end if;
        /* Last: the ledger's rows are those that most others wait for */
        perform capture_cost(run.campaign_id, run.hold_n, sums.cost, p_key, p_escrow, p_revenue, p_currency);
      end $$;

      /* Tells the planner what a run looks like. Other partitions hold many runs, and are analysed by autovacuum */
      create function analyze_large_run(run integer) returns void language plpgsql as $$
      begin
        if to_regclass('deliveries_run_' || run) is not null then execute format('analyze %I', 'deliveries_run_' || run); end if;
      end $$;
    `)
  }

  async down() {
    this.schema.raw(`
      drop function analyze_large_run(integer);
      drop function settle_window;
      drop function try_late_rows(integer, integer[], timestamptz);
      drop function hand_over;
      drop function return_touches(uuid, text[]);
      drop function capture_cost;
    `)
  }
}
