create or replace function forbid_quote_change() returns trigger language plpgsql as $$
  begin raise exception 'quotes are immutable' using errcode = 'GQ001'; end $$;
