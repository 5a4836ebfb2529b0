import type pg from 'pg'
import {
  DESTINATION_COLUMNS,
  RUN_COLUMNS,
  SERIES_COLUMNS,
  type Delta,
  type CounterDeltas,
} from './counter_deltas.js'

/**
 * Writes what a batch changes in the rollups, in the caller's transaction and after its rows of `deliveries`: first the
 * runs, in ascending order, then what hangs on them. Everybody who counts holds the run first, so nobody waits in a circle.
 *
 * Rows in: one line of each rollup that moved, some dozens a batch. Index: primary keys. About 2 ms.
 */
export async function applyCounters(client: pg.PoolClient, deltas: CounterDeltas): Promise<void> {
  const runIds = deltas.runIds()
  if (runIds.length === 0) return
  await client.query({
    name: 'lock_runs',
    text: 'select 1 from campaign_runs where id = any($1::int[]) order by id for no key update',
    values: [runIds],
  })
  await addTo(client, 'campaign_runs', RUN_COLUMNS, deltas.runs, {
    text: (set) =>
      `update campaign_runs t set ${set} from unnest($1::int[], $2::text[],
        ${columnTypes(RUN_COLUMNS)}) v(run_id, key, ${RUN_COLUMNS.join(', ')})
        where t.id = v.run_id`,
    key: () => '',
  })
  await addTo(client, 'run_links', ['clicks', 'bot_clicks'], deltas.links, {
    text: (set) =>
      `update run_links t set ${set} from unnest($1::int[], $2::int[], $3::bigint[],
        $4::bigint[]) v(run_id, n, clicks, bot_clicks) where t.run_id = v.run_id and t.n = v.n`,
    key: (link) => link,
  })
  await addTo(client, 'run_series', SERIES_COLUMNS, deltas.series, {
    text: (set) =>
      `with v as (
         select * from unnest($1::int[], $2::timestamptz[],
           ${columnTypes(SERIES_COLUMNS)}) v(run_id, minute, ${SERIES_COLUMNS.join(', ')})
       ), hours as (
         insert into run_hours as t (run_id, weekday, hour, opened, clicked)
         select v.run_id, extract(isodow from v.minute at time zone a.timezone),
           extract(hour from v.minute at time zone a.timezone), sum(v.opened), sum(v.clicked)
           from v join campaign_runs r on r.id = v.run_id join accounts a on a.id = r.account_id
          where v.opened <> 0 or v.clicked <> 0 group by 1, 2, 3
         on conflict (run_id, weekday, hour) do update set opened = t.opened + excluded.opened,
           clicked = t.clicked + excluded.clicked
       )
       insert into run_series as t (run_id, minute, ${SERIES_COLUMNS.join(', ')}) select * from v
       on conflict (run_id, minute) do update set ${set.replaceAll('v.', 'excluded.')}`,
    key: (minute) => new Date(minute),
  })
  await upsert(client, 'run_devices', 'device', ['opened', 'clicked'], deltas.devices)
  await upsert(client, 'run_destinations', 'destination', DESTINATION_COLUMNS, deltas.destinations)
  await upsert(client, 'run_refusals', 'reason', ['deliveries'], deltas.refusals)
  await client.query({
    name: 'announce_runs',
    text: `select pg_notify('run_progress', id::text) from unnest($1::int[]) runs(id)`,
    values: [runIds],
  })
}

const columnTypes = (columns: readonly string[]) =>
  columns.map((_, index) => `$${index + 3}::bigint[]`).join(', ')

async function upsert<Key, Column extends string>(
  client: pg.PoolClient,
  table: string,
  keyColumn: string,
  columns: readonly Column[],
  lines: ReadonlyMap<string, Delta<Key, Column>>
): Promise<void> {
  await addTo(client, table, columns, lines, {
    text: (set) =>
      `insert into ${table} as t (run_id, ${keyColumn}, ${columns.join(', ')})
       select * from unnest($1::int[], $2::text[], ${columnTypes(columns)})
       on conflict (run_id, ${keyColumn}) do update set ${set.replaceAll('v.', 'excluded.')}`,
    key: (key) => key,
  })
}

async function addTo<Key, Column extends string>(
  client: pg.PoolClient,
  table: string,
  columns: readonly Column[],
  lines: ReadonlyMap<string, Delta<Key, Column>>,
  o: { text: (set: string) => string; key: (key: Key) => unknown }
): Promise<void> {
  if (lines.size === 0) return
  const all = [...lines.values()]
  await client.query({
    name: `count_${table}`,
    text: o.text(columns.map((column) => `${column} = t.${column} + v.${column}`).join(', ')),
    values: [
      all.map((line) => line.runId),
      all.map((line) => o.key(line.key)),
      ...columns.map((column) => all.map((line) => line.by[column] ?? 0)),
    ],
  })
}
