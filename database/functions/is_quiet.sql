/* Whether a time is within quiet hours, on the wall clock of a zone. They may run over midnight */
create or replace function is_quiet(quiet_from time, quiet_until time, zone text, at timestamptz)
  returns boolean language sql stable parallel safe as $$
  select case
    when quiet_from is null or quiet_from = quiet_until then false
    when quiet_from < quiet_until then (at at time zone zone)::time >= quiet_from
      and (at at time zone zone)::time < quiet_until
    else (at at time zone zone)::time >= quiet_from
      or (at at time zone zone)::time < quiet_until end
$$;
