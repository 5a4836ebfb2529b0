-- role: griot_ledger
/*
| p_postings: [{"from": "wallet:…", "to": "escrow:…", "amount": 1200}, …], amounts in minor units.
| Same key and same request: the first result again. Same key, other request: LG409.
*/
create or replace function ledger_post(
  p_key text, p_kind text, p_postings jsonb, p_subject_type text default null,
  p_subject_id text default null,
  p_effective_at timestamptz default null, p_metadata jsonb default '{}',
  p_reverses bigint default null,
  out transaction_id bigint, out replayed boolean)
language plpgsql security definer set search_path from current as $$
declare
  hash bytea; old_hash bytea; tx_currency text; currencies int; missing text; ids bigint[];
  amounts bigint[]; changed record;
begin
  hash := sha256(convert_to(jsonb_build_array(p_kind, p_postings, p_subject_type, p_subject_id,
    p_reverses)::text, 'UTF8'));

  if jsonb_typeof(p_postings) <> 'array' or jsonb_array_length(p_postings) = 0 or exists (
    select 1 from jsonb_to_recordset(p_postings) as p("from" text, "to" text, amount numeric)
    where p.amount is null or p.amount <= 0 or p.amount <> trunc(p.amount)
       or p."from" is null or p."to" is null or p."from" = p."to") then
    raise exception 'bad posting' using errcode = 'LG003';
  end if;

  with moves as (
    select key, sum(amount)::bigint amount from (
      select p."from" key, -p.amount amount from jsonb_to_recordset(p_postings) as p("from" text,
        "to" text, amount bigint)
      union all
      select p."to", p.amount from jsonb_to_recordset(p_postings) as p("from" text, "to" text,
        amount bigint)) m
    group by key)
  select min(m.key) filter (where a.id is null), count(distinct a.currency), min(a.currency),
         array_agg(a.id order by a.id), array_agg(m.amount order by a.id)
    into missing, currencies, tx_currency, ids, amounts
    from moves m left join ledger_accounts a on a.key = m.key where m.amount <> 0 or a.id is null;
  if missing is not null then raise exception 'unknown ledger account %', missing
    using errcode = 'LG004'; end if;
  if currencies <> 1 then raise exception 'one transaction, one currency'
    using errcode = 'LG005'; end if;

  /* The insert waits for a concurrent owner of the key, so a double click cannot post twice */
  insert into ledger_transactions (idempotency_key, request_hash, kind, currency, subject_type,
    subject_id, reverses_id, effective_at, metadata)
    values (p_key, hash, p_kind, tx_currency, p_subject_type, p_subject_id, p_reverses,
      coalesce(p_effective_at, now()), p_metadata)
    on conflict (idempotency_key) do nothing returning id into transaction_id;
  if transaction_id is null then
    select t.id, t.request_hash into transaction_id, old_hash from ledger_transactions t
      where t.idempotency_key = p_key;
    if old_hash is distinct from hash then
      raise exception 'idempotency key % was used for another request', p_key
        using errcode = 'LG409';
    end if;
    replayed := true;
    return;
  end if;
  replayed := false;

  /* One global order of locks: ascending id. NO KEY UPDATE leaves the foreign key checks of others
     alone */
  perform 1 from ledger_accounts where id = any(ids) order by id for no key update;
  for i in 1 .. array_length(ids, 1) loop
    update ledger_accounts set balance = balance + amounts[i], version = version + 1
      where id = ids[i] and closed_at is null returning balance, version into changed;
    if not found then raise exception 'ledger account is closed' using errcode = 'LG006'; end if;
    insert into ledger_entries (transaction_id, ledger_account_id, amount, balance_after,
      account_version)
      values (transaction_id, ids[i], amounts[i], changed.balance, changed.version);
  end loop;
end $$;
