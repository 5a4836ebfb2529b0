/*
| Captures what a piece of work cost from the campaign's hold, once a key. The rounding is
| cumulative over the hold: what is taken now is the new total, rounded half up, less the old one.
| Never more than was held. Costs are millionths of a minor unit. Returns the minor units taken.
*/
create or replace function capture_cost(p_campaign uuid, p_hold integer, p_cost_micro bigint,
  p_key text, p_escrow text, p_revenue text, p_currency text)
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
  perform ledger_post(p_key, 'capture', jsonb_build_array(jsonb_build_object('from', p_escrow,
    'to', p_revenue, 'amount', due)), 'campaign', p_campaign::text);
  return due;
end $$;
