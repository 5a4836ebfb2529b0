import { runFactory } from '#database/factories/run_factory'
import { request, type Agent } from 'node:http'
import { applicationKey } from '#core/database/application_key'
import { sql } from '#core/database/sql'
import { startChild, type Child } from '#start/child_processes'
import type { Client } from '#tests/line_kit'
import { aMailService } from '#tests/measure_kit'
import { startSink } from '#tests/smtp/start_sink'

/*
| What measures of tracking and reports share: runs that were sent, of any size, filled set by set, and web processes.
*/

export const AGENTS = [
  'Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
]

const LINKS = Array.from({ length: 8 }, (_, n) => `https://shop.example.com/page-${n}`)

/** Destinations of a filled run */
const DOMAINS = 400

/** The e-mail service, for runs that were sent already: its mail server is only there while the channel is enabled */
export async function aQuietMailService(): Promise<string> {
  const sink = await startSink()
  try {
    return (await aMailService({ port: sink.port })).service.id
  } finally {
    await sink.stop()
  }
}

/**
 * A finished campaign whose run has that many accepted deliveries, and the links of a newsletter.
 *
 * @param o.large gives the run a partition of its own
 */
export async function aFilledRun(o: {
  client: Client
  serviceId: string
  deliveries: number
  large: boolean
}): Promise<{ campaignId: string; runId: number }> {
  const [campaign] = await sql<{ id: string }>(
    `insert into campaigns (account_id, service_id, plugin_id, channel, kind, name, state) values ($1, $2, 'email', 'email', 'messaging', $3, 'finished') returning id`,
    [o.client.accountId, o.serviceId, `Mesure ${o.deliveries}`]
  )
  const runId = await runFactory(campaign.id, {
    state: 'finished',
    audience: o.deliveries,
    accepted: o.deliveries,
    endedDaysAgo: 0,
    large: o.large,
  })
  await sql('select open_run_partitions($1)', [runId])
  await sql(
    `insert into deliveries (run_id, seq, address, destination, state, outcome_at)
     select $1, n, 'gens.' || n || '@d' || n % $3 || '.example', 'd' || n % $3 || '.example', 'accepted', now() - interval '3 days' from generate_series(1, $2::int) n`,
    [runId, o.deliveries, DOMAINS]
  )
  await sql(
    'insert into run_destinations (run_id, destination, audience, accepted) select run_id, destination, count(*), count(*) from deliveries where run_id = $1 group by 1, 2',
    [runId]
  )
  await sql(
    'insert into run_links (run_id, n, url) select $1, n - 1, url from unnest($2::text[]) with ordinality l(url, n)',
    [runId, LINKS]
  )
  await sql('analyze deliveries')
  return { campaignId: campaign.id, runId }
}

/** Starts a web process as production does */
export function aWebProcess(
  root: URL,
  port: number,
  env: Readonly<Record<string, string>> = {}
): Promise<Child> {
  return startChild({
    root,
    name: `web ${port}`,
    script: 'bin/server',
    /** Templates are compiled once there, and each time in development */
    env: {
      ...process.env,
      ...env,
      NODE_ENV: 'production',
      APP_KEY: applicationKey(),
      PORT: String(port),
    },
    quiet: !process.env.MEASURE_LOGS,
  })
}

/** @returns the status, or the code of the error and whether the connection had been used before when there was no answer */
export function askOver(o: { agent: Agent; port: number; path: string }): Promise<number | string> {
  return new Promise((resolve) => {
    const asked = request(
      {
        agent: o.agent,
        host: '127.0.0.1',
        port: o.port,
        path: o.path,
        headers: { 'user-agent': AGENTS[0] },
      },
      (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
      }
    )
    asked.once('error', (error: NodeJS.ErrnoException) =>
      resolve(`${error.code} on a ${asked.reusedSocket ? 'used' : 'new'} connection`)
    )
    asked.end()
  })
}
