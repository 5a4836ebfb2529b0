/*
| Tokens in a bucket now. It holds a fifth of a second of its rate, at least one token: it never
| lets more through at once.
*/
create or replace function bucket_room(rate double precision, tokens double precision,
  refilled_at timestamptz)
  returns double precision language sql volatile as $$
  select least(greatest(1, rate * 0.2),
               tokens + greatest(0, extract(epoch from clock_timestamp() - refilled_at)) * rate)
$$;
