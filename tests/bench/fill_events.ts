import { sql } from '#core/database/sql'
import { AGENTS } from '#tests/sent_run_kit'

/** Three events a delivery over six days, set by set, and the rollups that they would have made */
export async function fillEvents(runId: number, deliveries: number): Promise<void> {
  await sql(
    `insert into events (run_id, seq, kind, link, dedup, user_agent, ip_prefix, at, verdict, reasons, device, classifier_version)
     select $1, 1 + n / 3, case when n % 3 = 2 then 'clicked' else 'opened' end, case when n % 3 = 2 then n % 8 end, 'fill.' || n,
            ($3::text[])[1 + n % 4], '196.47.128.0/24', now() - interval '6 days' + n % 8640 * interval '1 minute',
            case when n % 20 = 0 then 'bot' else 'person' end, '{}', case when n % 20 = 0 then 'bot' else (array['phone', 'desktop', 'webmail', 'tablet'])[1 + n % 4] end, 1
       from generate_series(0, $2::int * 3 - 1) n`,
    [runId, deliveries, AGENTS]
  )
  await sql(
    `insert into run_series (run_id, minute, opened, clicked, opened_bot, clicked_bot)
     select run_id, date_trunc('minute', at), count(*) filter (where kind = 'opened' and verdict = 'person'), count(*) filter (where kind = 'clicked' and verdict = 'person'),
            count(*) filter (where kind = 'opened' and verdict = 'bot'), count(*) filter (where kind = 'clicked' and verdict = 'bot')
       from events where run_id = $1 group by 1, 2`,
    [runId]
  )
  await sql(
    `insert into run_hours (run_id, weekday, hour, opened, clicked)
     select run_id, extract(isodow from minute), extract(hour from minute), sum(opened), sum(clicked) from run_series where run_id = $1 group by 1, 2, 3`,
    [runId]
  )
  await sql(
    `insert into run_devices (run_id, device, opened, clicked)
     select run_id, device, count(*) filter (where kind = 'opened'), count(*) filter (where kind = 'clicked') from events where run_id = $1 group by 1, 2`,
    [runId]
  )
  await sql(
    `update campaign_runs set opened = $2::int * 2, opened_unique = $2, clicked = $2, clicked_unique = $2::int * 95 / 100 where id = $1`,
    [runId, deliveries]
  )
}
