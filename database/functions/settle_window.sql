/*
| Settles one window: its outcomes and all that follows from them, in one call and one transaction.
| Workers settle windows of the same run all the time and wait for each other at the run's row, so
| it must not be held while a busy process reads an answer and asks the next question. For the
| arrays see record_outcomes. p_capped: frequency caps are in force. p_open_costs, if not null, is a
| list of { seq, cost }: what accepted rows cost when it is known what became of them.
|
| Returns messages accepted, and the deliveries of the run that are still open.
*/
create or replace function settle_window(
  p_run integer, p_lease uuid, p_at timestamptz, p_seqs integer[], p_states text[],
    p_reasons text[], p_details text[],
  p_provider_keys text[], p_not_before timestamptz[], p_costs bigint[], p_dead boolean[],
    p_capped boolean, p_parts jsonb,
    p_open_costs jsonb,
  p_key text, p_escrow text, p_revenue text, p_currency text,
  out accepted integer, out pending integer) language plpgsql as $$
declare
  o record;
begin
  /* A run that was expanded before there were parts */
  if p_parts is not null then perform open_run_partitions(p_run); end if;
  o := record_outcomes(p_run, p_lease, p_at, p_seqs, p_states, p_reasons, p_details,
    p_provider_keys, p_not_before, p_costs, p_dead, p_parts);
  accepted := o.accepted;
  pending := o.pending;
  perform queue_parked_facts(p_run, p_seqs, p_provider_keys, p_parts);
  if p_open_costs is not null then perform keep_open_costs(p_run, p_open_costs, o.taken); end if;
  if o.late is not null then perform try_late_rows(p_run, o.late, p_at); end if;
  /* A dead address is not written to again by this account */
  if o.dead is not null then perform suppress_addresses(o.account, o.dead, 'bounced',
    'run:' || p_run); end if;
  if p_capped and o.returned is not null then perform return_touches(o.account, o.returned); end if;
  /* Last: the ledger's rows are those that most others wait for */
  perform capture_cost(o.campaign, o.hold_n, o.cost, p_key, p_escrow, p_revenue, p_currency);
end $$;
