/*
| Takes tokens for work on several destinations at once. Shared buckets (a plugin account, a
| campaign's pace) limit the sum; a destination's bucket limits its own part. Locks buckets in the
| order of their keys. What is granted is taken.
|
| Returns a row a destination, with what was granted and, where that is less than wanted, seconds
| until it is worth asking again.
*/
create or replace function take_tokens(shared_keys text[], destination_keys text[], wants integer[])
  returns table (destination_key text, granted integer, wait double precision)
    language plpgsql as $$
declare
  bucket rate_buckets;
  room double precision;
  total double precision := 'infinity';
  pause double precision := 0;
  blocked double precision;
  taken integer := 0;
  want integer;
  n integer;
begin
  perform from rate_buckets where key = any(shared_keys || destination_keys) order by key
    for update;

  for bucket in select * from rate_buckets where key = any(shared_keys) loop
    blocked := extract(epoch from bucket.blocked_until - clock_timestamp());
    if blocked > 0 then
      total := 0;
      pause := greatest(pause, blocked);
    elsif bucket.rate is not null then
      room := floor(bucket_room(bucket.rate, bucket.tokens, bucket.refilled_at));
      if room < total then total := room; end if;
      if room < 1 then pause := greatest(pause, (1 - bucket_room(bucket.rate, bucket.tokens,
        bucket.refilled_at)) / bucket.rate); end if;
    end if;
  end loop;

  for n in 1 .. coalesce(array_length(destination_keys, 1), 0) loop
    destination_key := destination_keys[n];
    want := wants[n];
    granted := least(want, total - taken);
    wait := pause;
    select * into bucket from rate_buckets where key = destination_key;
    if found then
      blocked := extract(epoch from bucket.blocked_until - clock_timestamp());
      if blocked > 0 then
        granted := 0;
        wait := greatest(wait, blocked);
      elsif bucket.rate is not null then
        granted := least(granted, floor(bucket_room(bucket.rate, bucket.tokens,
          bucket.refilled_at)));
        if granted < want then wait := greatest(wait, (1 - bucket_room(bucket.rate, bucket.tokens,
          bucket.refilled_at) + granted) / bucket.rate); end if;
        update rate_buckets set tokens = bucket_room(bucket.rate, bucket.tokens,
          bucket.refilled_at) - granted, refilled_at = clock_timestamp()
          where key = destination_key;
      end if;
    end if;
    if granted < want and wait <= 0 then wait := 0.05; end if;
    taken := taken + granted;
    return next;
  end loop;

  update rate_buckets b set tokens = bucket_room(b.rate, b.tokens, b.refilled_at) - taken,
    refilled_at = clock_timestamp() where b.key = any(shared_keys) and b.rate is not null;
end $$;
