/*
| Expansion of one slice of an audience, as one statement for each field that can be an address.
|
| Rows in: the next $5 contacts of the lists, found by the primary key of contact_list_members, classified against consent and
| suppressions (unique index on account and address), then written once. Those who can be written to come first in seq, ordered
| by lane (destination with many recipients, zone of time), so that chunks are dense ranges of one lane.
| Plan: members in the order of their key, beside the account's contacts between the first and the last of them (contacts_recent): joined in
| that order, or by key where the list is a small part of the account. One sort above them. 50,000 contacts of 1,000,000: 0.5 s.
|
| $1 run, $2 account, $3 lists, $4 last contact expanded, $5 size, $6 recipients that the quote still pays for, $7 rows so far,
| $8 chunks so far, $9 rows of a chunk, $10 recipients from which a destination has its own lane, $11 destinations that have
| one at any size, $12 zone when there are quiet hours, else null, $13 campaign when only newcomers are
| meant, else null, $14 whether consent is asked for, $15 runs that asked before
*/

/** Of one list the key gives them in order; of several, each may give the same */
const NEXT_OF = {
  one: `
    select contact_id id from contact_list_members
     where list_id = ($3::uuid[])[1] and contact_id > $4::uuid order by contact_id limit $5::int`,
  several: `
    select distinct m.contact_id id
      from unnest($3::uuid[]) l(id)
      cross join lateral (
        select contact_id from contact_list_members where list_id = l.id and contact_id > $4::uuid
          order by contact_id limit $5::int) m
     order by 1 limit $5::int`,
}

const slice = (field: 'email' | 'phone', lists: 'one' | 'several') => `
  with ids as materialized (${NEXT_OF[lists]}
  ), last as materialized (
    select count(*)::int people, (select id from ids order by id desc limit 1) id from ids
  ), members_all as materialized (
    select c.id, c.${field} address, c.consent, c.country
      from ids join contacts c on c.id = ids.id
       and c.account_id = $2::uuid and c.id > $4::uuid and c.id <= (select id from last)
     where $13::uuid is null or not exists (
       select 1 from campaign_runs p join deliveries d on d.run_id = p.id
         and d.address = c.${field} and d.state <> 'excluded'
        where p.campaign_id = $13::uuid and p.id <> $1::int)
  ), checked_all as (
    select m.id, m.address, m.country,
           case when m.address is null then 'no_address'
                when s.address is not null then 'suppressed'
                when not $14::boolean and m.consent <> 'granted' then 'unconsented'
                when $14::boolean and m.consent <> 'unknown' then 'answered'
                when $14::boolean and exists (
                  select 1 from deliveries d where d.run_id = any($15::int[])
                    and d.address = m.address and d.state <> 'excluded')
                then 'asked'
                ${
                  /** The address of an e-mail contact is unique in its account; telephones may be
                     shared */
                  field === 'phone'
                    ? `when row_number() over (partition by m.address order by m.id) > 1
                  or exists (select 1 from deliveries d where d.run_id = $1::int
                    and d.address = m.address) then 'duplicate'`
                    : ''
                } end reason
      from members_all m left join suppressions s on s.account_id = $2::uuid
        and s.address = m.address
  ), checked as not materialized (
    /* Who was excluded before is a newcomer once the reason is gone, and is not written down again
       while it holds */
    select * from checked_all j
     where $13::uuid is null or j.reason is null or not exists (
       select 1 from campaign_runs p join deliveries d on d.run_id = p.id
         and d.address in (j.address, '#' || j.id)
        where p.campaign_id = $13::uuid and p.id <> $1::int)
  ), unpaid as (
    /* Who joined a list after the quote was paid is not paid for: from this contact on. Looked for
       only where a slice may reach it */
    select id from checked where reason is null and $6::int < $5::int order by id
      offset greatest($6::int, 0) limit 1
  ), capped as materialized (
    select id, address, country, coalesce(reason, case when id >= (select id from unpaid)
      then 'over_quote' end) reason,
           ${field === 'email' ? `split_part(address, '@', 2)` : 'left(address, 6)'} destination
      from checked
  ), destinations as materialized (
    select destination, count(*)::int people from capped where reason is null group by destination
  ), laned as (
    select c.id, c.address, c.reason, coalesce(c.destination, '') destination,
           case when c.reason is not null then null
                when busy.people >= $10::int or c.destination = any($11::text[]) then c.destination
                else '' end lane,
           case when c.reason is not null or $12::text is null then ''
             else coalesce(z.zone, $12::text) end zone
      from capped c
      left join destinations busy on busy.destination = c.destination
      left join country_zones z on $12::text is not null and z.country = c.country
  ), numbered as materialized (
    /* One sort for both: place within the slice, and within the lane, where a chunk begins at each
       $9th. Who is excluded has no lane and comes last */
    select id, address, reason, destination, lane, zone,
           $7::int + row_number() over (order by lane, zone, id) seq,
           row_number() over (partition by lane, zone order by id) place
      from laned
  ), inserted as (
    insert into deliveries (run_id, seq, contact_id, address, destination, state, reason)
    select $1::int, seq, id, case when reason in ('no_address', 'duplicate') then '#' || id
      else address end, destination,
           case when reason is null then 'pending' else 'excluded' end, reason
      from numbered
  ), chunks as (
    select $8::int + row_number() over w n, seq "from", lane, zone,
           coalesce(lead(seq) over w - 1, $7::int + (select sum(people)::int
             from destinations)) "to"
      from numbered where reason is null and (place - 1) % $9::int = 0 window w as (order by seq)
  ), reasons as (
    select reason, count(*)::int people from numbered where reason is not null group by reason
  )
  select (select count(*)::int from capped) audience,
         (select coalesce(sum(people), 0)::int from destinations) reachable,
           (select coalesce(sum(people), 0)::int from reasons) excluded,
         (select case when people = $5::int then id end from last) upto,
         (select coalesce(jsonb_object_agg(destination, people), '{}')
           from destinations) destinations,
         (select coalesce(jsonb_object_agg(reason, people), '{}') from reasons) reasons,
         (select coalesce(jsonb_agg(chunks), '[]') from chunks) chunks`

export const EXPAND_SLICE = {
  email: { one: slice('email', 'one'), several: slice('email', 'several') },
  phone: { one: slice('phone', 'one'), several: slice('phone', 'several') },
} as const

/*
| Counts a slice, in the order in which settling counts as well: the row of the run, then its destinations. It is the
| last that is done, because every window that settles waits for that row.
|
| $1 run, $2 last contact expanded, or null at the end, $3 rows, $4 of them to be sent, $5 excluded, $6 percent of the canary, or
| null, $7 reasons of exclusion {reason: people}, $8 destinations {destination: people}
*/
export const COUNT_SLICE = `
  with run as (
    update campaign_runs r
       set expanded_to = coalesce($2::uuid, expanded_to), audience = audience + $3::int,
         pending = pending + $4::int,
           excluded = excluded + $5::int,
           state = case when $2::uuid is null then 'running' else state end, expanded_at = case
             when $2::uuid is null then now() end,
           canary_state = coalesce(canary_state, case when $6::int is not null then 'sending' end),
           exclusions = (select coalesce(jsonb_object_agg(key, n), '{}') from (
             select key, sum(value::int) n from (select * from jsonb_each_text(r.exclusions)
               union all select * from jsonb_each_text($7::jsonb)) e group by key) merged)
     where id = $1::int and state = 'expanding' returning id
  ), destinations as (
    insert into run_destinations as d (run_id, destination, audience)
      select run.id, key, value::int from run, jsonb_each_text($8::jsonb) order by key
      on conflict (run_id, destination) do update set audience = d.audience + excluded.audience
  )
  select 1 from run`
