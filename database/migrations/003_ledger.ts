import { BaseSchema } from '@adonisjs/lucid/schema'

/**
 * Double entry. One function posts; nothing else can write these tables: a guard refuses every writer that is
 * not the role `griot_ledger`, and only the functions below run as that role. It holds even for a superuser.
 */
export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      do $role$ begin
        create role griot_ledger nologin;
      exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
          raise exception 'The database user needs CREATEROLE once, to make the role griot_ledger that guards the ledger. Grant it, or create that role yourself and grant it to %', current_user;
      end $role$;

      create table ledger_currencies (
        code char(3) primary key check (code ~ '^[A-Z]{3}$'),
        exponent smallint not null check (exponent between 0 and 4)
      );
      insert into ledger_currencies values ('XOF', 0), ('XAF', 0), ('GNF', 0), ('CDF', 2), ('USD', 2), ('EUR', 2);

      create table ledger_accounts (
        id bigint generated always as identity primary key,
        key text not null unique check (length(key) between 1 and 200),
        kind text not null check (kind in ('clearing', 'wallet', 'escrow', 'revenue', 'fee', 'promo', 'suspense', 'tax')),
        account_id uuid,
        currency char(3) not null references ledger_currencies,
        min_balance bigint,
        balance bigint not null default 0,
        version bigint not null default 0,
        closed_at timestamptz,
        created_at timestamptz not null default now(),
        constraint balance_floor check (min_balance is null or balance >= min_balance)
      ) with (fillfactor = 50);
      create index ledger_accounts_owner on ledger_accounts (account_id) where account_id is not null;

      create table ledger_transactions (
        id bigint generated always as identity primary key,
        idempotency_key text not null unique check (length(idempotency_key) between 1 and 200),
        request_hash bytea not null,
        kind text not null,
        currency char(3) not null references ledger_currencies,
        subject_type text,
        subject_id text,
        reverses_id bigint unique references ledger_transactions,
        effective_at timestamptz not null,
        created_at timestamptz not null default now(),
        metadata jsonb not null default '{}'
      );
      create index ledger_transactions_subject on ledger_transactions (subject_type, subject_id);

      create table ledger_entries (
        id bigint generated always as identity primary key,
        transaction_id bigint not null references ledger_transactions,
        ledger_account_id bigint not null references ledger_accounts,
        amount bigint not null check (amount <> 0),
        balance_after bigint not null,
        account_version bigint not null,
        created_at timestamptz not null default now(),
        unique (transaction_id, ledger_account_id),
        unique (ledger_account_id, account_version)
      );

      create function ledger_guard() returns trigger language plpgsql as $$
      begin
        if tg_op in ('DELETE', 'TRUNCATE') or (tg_op = 'UPDATE' and tg_table_name <> 'ledger_accounts') then
          raise exception 'ledger rows are immutable' using errcode = 'LG001';
        end if;
        if current_user <> 'griot_ledger' then
          raise exception 'only ledger_post() writes the ledger' using errcode = 'LG007';
        end if;
        return null;
      end $$;
      create trigger ledger_entries_guard before insert or update or delete or truncate on ledger_entries
        for each statement execute function ledger_guard();
      create trigger ledger_transactions_guard before insert or update or delete or truncate on ledger_transactions
        for each statement execute function ledger_guard();
      create trigger ledger_accounts_guard before insert or update or delete or truncate on ledger_accounts
        for each statement execute function ledger_guard();

      /* Defence in depth: an unbalanced transaction cannot commit, also when an entry is added to an old one later */
      create function ledger_assert_balanced() returns trigger language plpgsql as $$
      declare total numeric; entries int; tx bigint;
      begin
        tx := case when tg_table_name = 'ledger_entries' then (to_jsonb(new) ->> 'transaction_id')::bigint else (to_jsonb(new) ->> 'id')::bigint end;
        select coalesce(sum(amount), 0), count(*) into total, entries from ledger_entries where transaction_id = tx;
        if total <> 0 or entries < 2 then
          raise exception 'transaction % is unbalanced (sum %, % entries)', tx, total, entries using errcode = 'LG002';
        end if;
        return null;
      end $$;
      create constraint trigger ledger_transactions_balanced after insert on ledger_transactions
        deferrable initially deferred for each row execute function ledger_assert_balanced();
      create constraint trigger ledger_entries_balanced after insert on ledger_entries
        deferrable initially deferred for each row execute function ledger_assert_balanced();

      create function ledger_open(p_key text, p_kind text, p_currency text, p_account uuid, p_min_balance bigint)
      returns bigint language plpgsql security definer set search_path from current as $$
      declare found_id bigint; found_kind text; found_currency text;
      begin
        insert into ledger_accounts (key, kind, currency, account_id, min_balance)
          values (p_key, p_kind, p_currency, p_account, p_min_balance)
          on conflict (key) do nothing returning id into found_id;
        if found_id is null then
          select id, kind, currency into found_id, found_kind, found_currency from ledger_accounts where key = p_key;
          if found_kind <> p_kind or found_currency <> p_currency then
            raise exception 'ledger account % exists as % in %', p_key, found_kind, found_currency using errcode = 'LG008';
          end if;
        end if;
        return found_id;
      end $$;

      /*
      | p_postings: [{"from": "wallet:…", "to": "escrow:…", "amount": 1200}, …], amounts in minor units.
      | Same key and same request: the first result again. Same key, other request: LG409.
      */
      create function ledger_post(
        p_key text, p_kind text, p_postings jsonb, p_subject_type text default null, p_subject_id text default null,
        p_effective_at timestamptz default null, p_metadata jsonb default '{}', p_reverses bigint default null,
        out transaction_id bigint, out replayed boolean)
      language plpgsql security definer set search_path from current as $$
      declare hash bytea; old_hash bytea; tx_currency text; currencies int; missing text; ids bigint[]; amounts bigint[]; changed record;
      begin
        hash := sha256(convert_to(jsonb_build_array(p_kind, p_postings, p_subject_type, p_subject_id, p_reverses)::text, 'UTF8'));

        if jsonb_typeof(p_postings) <> 'array' or jsonb_array_length(p_postings) = 0 or exists (
          select 1 from jsonb_to_recordset(p_postings) as p("from" text, "to" text, amount numeric)
          where p.amount is null or p.amount <= 0 or p.amount <> trunc(p.amount)
             or p."from" is null or p."to" is null or p."from" = p."to") then
          raise exception 'bad posting' using errcode = 'LG003';
        end if;

        with moves as (
          select key, sum(amount)::bigint amount from (
            select p."from" key, -p.amount amount from jsonb_to_recordset(p_postings) as p("from" text, "to" text, amount bigint)
            union all
            select p."to", p.amount from jsonb_to_recordset(p_postings) as p("from" text, "to" text, amount bigint)) m
          group by key)
        select min(m.key) filter (where a.id is null), count(distinct a.currency), min(a.currency),
               array_agg(a.id order by a.id), array_agg(m.amount order by a.id)
          into missing, currencies, tx_currency, ids, amounts
          from moves m left join ledger_accounts a on a.key = m.key where m.amount <> 0 or a.id is null;
        if missing is not null then raise exception 'unknown ledger account %', missing using errcode = 'LG004'; end if;
        if currencies <> 1 then raise exception 'one transaction, one currency' using errcode = 'LG005'; end if;

        /* The insert waits for a concurrent owner of the key, so a double click cannot post twice */
        insert into ledger_transactions (idempotency_key, request_hash, kind, currency, subject_type, subject_id, reverses_id, effective_at, metadata)
          values (p_key, hash, p_kind, tx_currency, p_subject_type, p_subject_id, p_reverses, coalesce(p_effective_at, now()), p_metadata)
          on conflict (idempotency_key) do nothing returning id into transaction_id;
        if transaction_id is null then
          select t.id, t.request_hash into transaction_id, old_hash from ledger_transactions t where t.idempotency_key = p_key;
          if old_hash is distinct from hash then
            raise exception 'idempotency key % was used for another request', p_key using errcode = 'LG409';
          end if;
          replayed := true;
          return;
        end if;
        replayed := false;

        /* One global order of locks: ascending id. NO KEY UPDATE leaves the foreign key checks of others alone */
        perform 1 from ledger_accounts where id = any(ids) order by id for no key update;
        for i in 1 .. array_length(ids, 1) loop
          update ledger_accounts set balance = balance + amounts[i], version = version + 1
            where id = ids[i] and closed_at is null returning balance, version into changed;
          if not found then raise exception 'ledger account is closed' using errcode = 'LG006'; end if;
          insert into ledger_entries (transaction_id, ledger_account_id, amount, balance_after, account_version)
            values (transaction_id, ids[i], amounts[i], changed.balance, changed.version);
        end loop;
      end $$;

      /* Must be empty at all times */
      create view ledger_invariants as
        select 'currency_sums_to_zero' invariant, t.currency::text subject, sum(e.amount)::numeric off
          from ledger_entries e join ledger_transactions t on t.id = e.transaction_id group by t.currency having sum(e.amount) <> 0
        union all
        select 'transaction_sums_to_zero', transaction_id::text, sum(amount) from ledger_entries group by transaction_id having sum(amount) <> 0 or count(*) < 2
        union all
        select 'transaction_has_entries', t.id::text, 0 from ledger_transactions t where not exists (select 1 from ledger_entries e where e.transaction_id = t.id)
        union all
        select 'balance_equals_entries', a.key, a.balance - coalesce(s.total, 0)
          from ledger_accounts a left join (select ledger_account_id, sum(amount) total from ledger_entries group by 1) s on s.ledger_account_id = a.id
          where a.balance <> coalesce(s.total, 0)
        union all
        select 'versions_have_no_gap', a.key, a.version - coalesce(s.entries, 0)
          from ledger_accounts a left join (select ledger_account_id, count(*) entries from ledger_entries group by 1) s on s.ledger_account_id = a.id
          where a.version <> coalesce(s.entries, 0)
        union all
        select 'running_balance', q.ledger_account_id::text, q.off
          from (select ledger_account_id, balance_after - sum(amount) over (partition by ledger_account_id order by account_version) off from ledger_entries) q
          where q.off <> 0
        union all
        select 'floor', key, balance from ledger_accounts where min_balance is not null and balance < min_balance
        union all
        select 'one_currency', e.id::text, 1
          from ledger_entries e join ledger_transactions t on t.id = e.transaction_id join ledger_accounts a on a.id = e.ledger_account_id
          where a.currency <> t.currency;

      do $own$ begin
        if current_setting('server_version_num')::int >= 160000 then
          execute format('grant griot_ledger to %I with set true, inherit false', current_user);
        else
          execute format('grant griot_ledger to %I', current_user);
        end if;
        execute format('grant create, usage on schema %I to griot_ledger', current_schema());
        alter function ledger_post owner to griot_ledger;
        alter function ledger_open owner to griot_ledger;
        execute format('revoke create on schema %I from griot_ledger', current_schema());
      end $own$;
      grant select on ledger_currencies to griot_ledger;
      grant select, insert, update on ledger_accounts to griot_ledger;
      grant select, insert on ledger_transactions, ledger_entries to griot_ledger;
    `)
  }

  async down() {
    this.schema.raw(`
      drop view ledger_invariants;
      drop table ledger_entries;
      drop table ledger_transactions;
      drop table ledger_accounts;
      drop table ledger_currencies;
      drop function ledger_assert_balanced();
      drop function ledger_guard();
      set local role griot_ledger;
      drop function ledger_post;
      drop function ledger_open;
      reset role;
    `)
  }
}
