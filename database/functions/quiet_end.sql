/* When quiet hours that hold at a time end, on the wall clock of a zone; null outside of them */
create or replace function quiet_end(quiet_from time, quiet_until time, zone text, at timestamptz)
  returns timestamptz language sql stable parallel safe as $$
  select case when is_quiet(quiet_from, quiet_until, zone, at) then
    ((at at time zone zone)::date + quiet_until + case
      when (at at time zone zone)::time >= quiet_until then interval '1 day'
      else interval '0' end) at time zone zone end
$$;
