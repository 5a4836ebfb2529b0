import { runFactory } from '#database/factories/run_factory'
import { randomUUID } from 'node:crypto'
import { sql } from '#core/database/sql'
import { newTrackingEvent, type TrackingEvent } from '#core/tracking/tracking_event'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'
import { aClient, aService } from '#tests/line_kit'
import pluginKernel from '#core/plugins/main'

/*
| A run that was sent some minutes ago, made by SQL, and its counters as they are and as its events say they should be.
*/

export const PHONE =
  'Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36'

const DOMAINS = ['gmail.com', 'yahoo.fr', 'orange.ci']

/** @returns the id of a run with that many accepted deliveries, over three domains */
export async function aSentRun(
  o: { deliveries?: number; links?: readonly string[] } = {}
): Promise<number> {
  pluginKernel.addFolder(fixtures)
  await pluginKernel.refresh()
  const service = await aService('fixture_messaging')
  const { accountId } = await aClient({ credit: 0n })
  const [campaign] = await sql<{ id: string }>(
    `insert into campaigns (account_id, service_id, plugin_id, channel, kind, name, state) values ($1, $2, 'fixture_messaging', $3, 'messaging', $4, 'finished') returning id`,
    [accountId, service.id, service.channel, `Essai ${randomUUID().slice(0, 8)}`]
  )
  const deliveries = o.deliveries ?? 20
  const runId = await runFactory(campaign.id, {
    state: 'finished',
    audience: deliveries,
    accepted: deliveries,
  })
  await sql('select open_run_partitions($1)', [runId])
  await sql(
    `insert into deliveries (run_id, seq, address, destination, state, provider_key, outcome_at)
     select $1, n, 'person' || n || '@' || ($3::text[])[1 + n % 3], ($3::text[])[1 + n % 3], 'accepted', 'key-' || $1 || '-' || n, now() - interval '10 minutes' from generate_series(1, $2::int) n`,
    [runId, deliveries, DOMAINS]
  )
  await sql(
    `insert into run_destinations (run_id, destination, audience, accepted) select run_id, destination, count(*), count(*) from deliveries where run_id = $1 group by 1, 2`,
    [runId]
  )
  await sql(
    'insert into run_links (run_id, n, url) select $1, n - 1, url from unnest($2::text[]) with ordinality l(url, n)',
    [
      runId,
      [
        ...(o.links ?? [
          'https://a.example.com/',
          'https://b.example.com/',
          'https://c.example.com/',
        ]),
      ],
    ]
  )
  return runId
}

/** A tracking event of somebody with a telephone, now or `ago` seconds before */
export function aTrackingEvent(
  runId: number,
  seq: number,
  kind: TrackingEvent['kind'],
  o: Partial<Omit<TrackingEvent, 'of' | 'kind'>> & { ago?: number } = {}
): TrackingEvent {
  const { ago = 0, ...more } = o
  return newTrackingEvent({
    of: { runId, seq },
    kind,
    userAgent: PHONE,
    ipPrefix: '196.47.128.0/24',
    at: new Date(Date.now() - ago * 1_000),
    ...(kind === 'clicked' ? { link: 0 } : {}),
    ...more,
  })
}

/** Every rollup of a run as it is kept; lines that are all zero say nothing */
export async function rollups(runId: number) {
  const [run] = await sql<Record<string, number>>(
    `select opened, opened_bot, opened_unique, opened_unverified, clicked, clicked_bot, clicked_unique, unsubscribed, complained, delivered, bounced,
            visits, dwell_ms::int dwell_ms from campaign_runs where id = $1`,
    [runId]
  )
  return {
    run,
    links: await sql('select n, clicks, bot_clicks from run_links where run_id = $1 order by n', [
      runId,
    ]),
    devices: await sql(
      'select device, opened, clicked from run_devices where run_id = $1 and (opened, clicked) <> (0, 0) order by 1',
      [runId]
    ),
    hours: await sql(
      'select weekday, hour, opened, clicked from run_hours where run_id = $1 and (opened, clicked) <> (0, 0) order by 1, 2',
      [runId]
    ),
    series: await sql(
      `select minute, opened, clicked, opened_bot, clicked_bot, unsubscribed from run_series
        where run_id = $1 and (opened, clicked, opened_bot, clicked_bot, unsubscribed) <> (0, 0, 0, 0, 0) order by 1`,
      [runId]
    ),
    destinations: await sql(
      'select destination, delivered, bounced, opened, clicked, unsubscribed, complained from run_destinations where run_id = $1 order by 1',
      [runId]
    ),
  }
}

/** The same, counted from the events and deliveries alone */
export async function recounted(runId: number) {
  const e = `from events e where e.run_id = $1`
  const n = (condition: string) => `count(*) filter (where ${condition})::int`
  const [trackingEvents] = await sql<Record<string, number>>(
    `select ${n("kind = 'opened' and verdict <> 'bot'")} opened, ${n("kind = 'opened' and verdict = 'bot'")} opened_bot,
            ${n("kind = 'clicked' and verdict <> 'bot'")} clicked, ${n("kind = 'clicked' and verdict = 'bot'")} clicked_bot,
            ${n("kind = 'unsubscribed'")} unsubscribed, ${n("kind = 'complained'")} complained ${e}`,
    [runId]
  )
  const [people] = await sql<Record<string, number>>(
    `select count(distinct seq) filter (where kind = 'opened' and verdict <> 'bot')::int opened_unique,
            count(distinct seq) filter (where kind = 'clicked' and verdict = 'person')::int clicked_unique,
            (count(distinct seq) filter (where kind = 'opened' and verdict <> 'bot') - count(distinct seq) filter (where kind = 'opened' and verdict = 'person'))::int opened_unverified ${e}`,
    [runId]
  )
  const [states] = await sql<Record<string, number>>(
    `select (select ${n("state = 'bounced'")} from deliveries where run_id = $1) bounced,
            (select ${n("state = 'delivered'")} from deliveries where run_id = $1) delivered,
            (select count(*)::int from run_visits where run_id = $1) visits, (select coalesce(sum(ms), 0)::int from run_visits where run_id = $1) dwell_ms`,
    [runId]
  )
  return {
    run: { ...trackingEvents, ...people, ...states },
    links: await sql(
      `select l.n, count(e.*) filter (where verdict = 'person')::int clicks, count(e.*) filter (where verdict = 'bot')::int bot_clicks
         from run_links l left join events e on e.run_id = l.run_id and e.link = l.n and e.kind = 'clicked' where l.run_id = $1 group by 1 order by 1`,
      [runId]
    ),
    devices: await sql(
      `select device, ${n("kind = 'opened'")} opened, ${n("kind = 'clicked'")} clicked ${e} and kind in ('opened', 'clicked') group by 1 order by 1`,
      [runId]
    ),
    hours: await sql(
      `select extract(isodow from e.at at time zone a.timezone)::int2 weekday, extract(hour from e.at at time zone a.timezone)::int2 "hour",
              ${n("e.kind = 'opened'")} opened, ${n("e.kind = 'clicked'")} clicked
         from events e join campaign_runs r on r.id = e.run_id join accounts a on a.id = r.account_id
        where e.run_id = $1 and e.kind in ('opened', 'clicked') and verdict <> 'bot' group by 1, 2 order by 1, 2`,
      [runId]
    ),
    series: await sql(
      `select date_trunc('minute', at) "minute", ${n("kind = 'opened' and verdict <> 'bot'")} opened, ${n("kind = 'clicked' and verdict <> 'bot'")} clicked,
              ${n("kind = 'opened' and verdict = 'bot'")} opened_bot, ${n("kind = 'clicked' and verdict = 'bot'")} clicked_bot, ${n("kind = 'unsubscribed'")} unsubscribed
         ${e} and kind in ('opened', 'clicked', 'unsubscribed') group by 1 order by 1`,
      [runId]
    ),
    destinations: await sql(
      `select d.destination, count(distinct d.seq) filter (where d.state = 'delivered')::int delivered, count(distinct d.seq) filter (where d.state = 'bounced')::int bounced,
              count(distinct d.seq) filter (where d.first_opened_at is not null)::int opened, count(distinct d.seq) filter (where d.first_clicked_at is not null)::int clicked,
              count(distinct d.seq) filter (where e.kind = 'unsubscribed')::int unsubscribed, count(distinct d.seq) filter (where e.kind = 'complained')::int complained
         from deliveries d left join events e on e.run_id = d.run_id and e.seq = d.seq where d.run_id = $1 group by 1 order by 1`,
      [runId]
    ),
  }
}
