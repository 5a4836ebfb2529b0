import { BaseSchema } from '@adonisjs/lucid/schema'

/**
 * Double entry. One function posts; nothing else can write these tables: a guard refuses
 * every writer that is not the role `griot_ledger`, and only ledger_open and ledger_post run as
 * that role. It holds even for a superuser.
 */
export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      create table ledger_currencies (
        code char(3) primary key check (code ~ '^[A-Z]{3}$'),
        exponent smallint not null check (exponent between 0 and 4)
      );
      insert into ledger_currencies values ('XOF', 0), ('XAF', 0), ('GNF', 0), ('CDF', 2),
        ('USD', 2), ('EUR', 2);

      create table ledger_accounts (
        id bigint generated always as identity primary key,
        key text not null unique check (length(key) between 1 and 200),
        kind text not null check (kind in ('clearing', 'wallet', 'escrow', 'revenue', 'fee',
          'promo', 'suspense', 'tax')),
        account_id uuid,
        currency char(3) not null references ledger_currencies,
        min_balance bigint,
        balance bigint not null default 0,
        version bigint not null default 0,
        closed_at timestamptz,
        created_at timestamptz not null default now(),
        constraint balance_floor check (min_balance is null or balance >= min_balance)
      ) with (fillfactor = 50);
      create index ledger_accounts_owner on ledger_accounts (account_id)
        where account_id is not null;

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

      create trigger ledger_entries_guard before insert or update or delete
        or truncate on ledger_entries
        for each statement execute function ledger_guard();
      create trigger ledger_transactions_guard before insert or update or delete
        or truncate on ledger_transactions
        for each statement execute function ledger_guard();
      create trigger ledger_accounts_guard before insert or update or delete
        or truncate on ledger_accounts
        for each statement execute function ledger_guard();

      /* Defence in depth: an unbalanced transaction cannot commit, also when an entry is added to
         an old one later */
      create constraint trigger ledger_transactions_balanced after insert on ledger_transactions
        deferrable initially deferred for each row execute function ledger_assert_balanced();
      create constraint trigger ledger_entries_balanced after insert on ledger_entries
        deferrable initially deferred for each row execute function ledger_assert_balanced();

      /* Must be empty at all times */
      create view ledger_invariants as
        select 'currency_sums_to_zero' invariant, t.currency::text subject,
          sum(e.amount)::numeric off
          from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
            group by t.currency having sum(e.amount) <> 0
        union all
        select 'transaction_sums_to_zero', transaction_id::text, sum(amount) from ledger_entries
          group by transaction_id having sum(amount) <> 0 or count(*) < 2
        union all
        select 'transaction_has_entries', t.id::text, 0 from ledger_transactions t
          where not exists (select 1 from ledger_entries e where e.transaction_id = t.id)
        union all
        select 'balance_equals_entries', a.key, a.balance - coalesce(s.total, 0)
          from ledger_accounts a left join (select ledger_account_id, sum(amount) total
            from ledger_entries group by 1) s on s.ledger_account_id = a.id
          where a.balance <> coalesce(s.total, 0)
        union all
        select 'versions_have_no_gap', a.key, a.version - coalesce(s.entries, 0)
          from ledger_accounts a left join (select ledger_account_id, count(*) entries
            from ledger_entries group by 1) s on s.ledger_account_id = a.id
          where a.version <> coalesce(s.entries, 0)
        union all
        select 'running_balance', q.ledger_account_id::text, q.off
          from (select ledger_account_id,
            balance_after - sum(amount) over (partition by ledger_account_id
            order by account_version) off from ledger_entries) q
          where q.off <> 0
        union all
        select 'floor', key, balance from ledger_accounts where min_balance is not null
          and balance < min_balance
        union all
        select 'one_currency', e.id::text, 1
          from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
            join ledger_accounts a on a.id = e.ledger_account_id
          where a.currency <> t.currency;

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
    `)
  }
}
