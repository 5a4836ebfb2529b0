import { BaseSchema } from '@adonisjs/lucid/schema'

/** Where most people of a country of several zones live. Elsewhere the runtime's own list has one zone, or any is as good */
const LARGEST_ZONE: Readonly<Record<string, string>> = {
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  ID: 'Asia/Jakarta',
  KZ: 'Asia/Almaty',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kyiv',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
}

/** Country and zone pairs, for countries that the runtime knows zones of */
function countryZones(): (readonly [string, string])[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  return letters
    .flatMap((a) => letters.map((b) => a + b))
    .flatMap((country) => {
      const known = new Intl.Locale(`und-${country}`) as Intl.Locale & {
        getTimeZones?: () => string[] | undefined
      }
      const zone = LARGEST_ZONE[country] ?? known.getTimeZones?.()?.[0]
      return zone ? [[country, zone] as const] : []
    })
}

export default class extends BaseSchema {
  async up() {
    const pairs = countryZones()
      .map(([country, zone]) => `('${country}', '${zone}')`)
      .join(', ')
    this.schema.raw(`
      /* Zone of time of a contact, when nothing better is known: that of most people of the country */
      create table country_zones (country char(2) primary key, zone text not null);
      insert into country_zones
        select v.country, v.zone from (values ${pairs}) v(country, zone) where exists (select 1 from pg_timezone_names z where z.name = v.zone);

      /* Whether a time is within quiet hours, on the wall clock of a zone. They may run over midnight */
      create function is_quiet(quiet_from time, quiet_until time, zone text, at timestamptz) returns boolean language sql stable parallel safe as $$
        select case
          when quiet_from is null or quiet_from = quiet_until then false
          when quiet_from < quiet_until then (at at time zone zone)::time >= quiet_from and (at at time zone zone)::time < quiet_until
          else (at at time zone zone)::time >= quiet_from or (at at time zone zone)::time < quiet_until end
      $$;

      /*
      | Takes tokens for work on several destinations at once. Shared buckets (a plugin account, a campaign's pace) limit the
      | sum; a destination's bucket limits its own part. Locks buckets in the order of their keys. What is granted is taken.
      |
      | Returns a row a destination, with what was granted and, where that is less than wanted, seconds until it is worth asking again.
      */
      create function take_tokens(shared_keys text[], destination_keys text[], wants integer[])
        returns table (destination_key text, granted integer, wait double precision) language plpgsql as $$
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
        perform from rate_buckets where key = any(shared_keys || destination_keys) order by key for update;

        for bucket in select * from rate_buckets where key = any(shared_keys) loop
          blocked := extract(epoch from bucket.blocked_until - clock_timestamp());
          if blocked > 0 then
            total := 0;
            pause := greatest(pause, blocked);
          elsif bucket.rate is not null then
            room := floor(bucket_room(bucket));
            if room < total then total := room; end if;
            if room < 1 then pause := greatest(pause, (1 - bucket_room(bucket)) / bucket.rate); end if;
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
              granted := least(granted, floor(bucket_room(bucket)));
              if granted < want then wait := greatest(wait, (1 - bucket_room(bucket) + granted) / bucket.rate); end if;
              update rate_buckets set tokens = bucket_room(bucket) - granted, refilled_at = clock_timestamp() where key = destination_key;
            end if;
          end if;
          if granted < want and wait <= 0 then wait := 0.05; end if;
          taken := taken + granted;
          return next;
        end loop;

        update rate_buckets b set tokens = bucket_room(b) - taken, refilled_at = clock_timestamp() where b.key = any(shared_keys) and b.rate is not null;
      end $$;
    `)
    /** A bucket holds a fifth of a second of its rate, at least one token: it never lets more through at once */
    this.schema.raw(`
      create function bucket_room(bucket rate_buckets) returns double precision language sql volatile as $$
        select least(greatest(1, bucket.rate * 0.2), bucket.tokens + greatest(0, extract(epoch from clock_timestamp() - bucket.refilled_at)) * bucket.rate)
      $$;

      /*
      | Reserves one message of an account to each address whose cap allows it, and says to which it does. Today's row of an address
      | is locked, so two campaigns cannot both take the last place.
      */
      create function reserve_touches(account uuid, addresses text[], cap integer, days integer) returns setof text language sql as $$
        with wanted as (
          select a.address, cap - coalesce((select sum(t.messages) from contact_touches t
                   where t.account_id = account and t.address = a.address and t.day > current_date - days and t.day < current_date), 0) places
            from (select distinct unnest(addresses) address order by 1) a)
        insert into contact_touches as t (account_id, address, day, messages)
          select account, address, current_date, 1 from wanted where places > 0 order by address
          on conflict (account_id, address, day) do update set messages = t.messages + 1
            where t.messages < cap - coalesce((select sum(p.messages) from contact_touches p
                    where p.account_id = account and p.address = excluded.address and p.day > current_date - days and p.day < current_date), 0)
          returning t.address
      $$;
    `)
  }

  async down() {
    this.schema.raw(`
      drop function reserve_touches(uuid, text[], integer, integer);
      drop function take_tokens(text[], text[], integer[]);
      drop function bucket_room(rate_buckets);
      drop function is_quiet(time, time, text, timestamptz);
      drop table country_zones;
    `)
  }
}
