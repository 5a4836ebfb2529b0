import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import { stopChild } from '#start/child_processes'
import type { MeasureContext } from '#start/measure'
import { aRichClient } from '#tests/measure_kit'
import { AGENTS, aFilledRun, aQuietMailService, aWebProcess } from '#tests/sent_run_kit'

const SMALL = 10_000
const PASSWORD = 'a long password'

/** The pages that people look at while and after a campaign, over HTTP, signed in, one after the other */
export async function benchReport({ options, root, say }: MeasureContext) {
  const serviceId = await aQuietMailService()
  const client = await aRichClient()
  say('filling…')
  const small = await aFilledRun({ client, serviceId, deliveries: SMALL, large: false })
  await fillEvents(small.runId, SMALL)
  const large = await aFilledRun({
    client,
    serviceId,
    deliveries: Number(options.deliveries),
    large: true,
  })
  await fillEvents(large.runId, Number(options.deliveries))
  await sql('analyze')

  const port = Number(process.env.PORT)
  const web = await aWebProcess(root, port)
  try {
    const base = `http://127.0.0.1:${port}`
    const cookie = await signIn(base, (await User.findOrFail(client.userId)).email)
    const read = async (campaignId: string) => {
      const paths = [
        `/portal/campaigns/${campaignId}`,
        `/portal/campaigns/${campaignId}/report`,
        '/portal/campaigns',
      ]
      for (const path of paths) await get(base + path, cookie)
      const times: number[] = []
      const byPage: Record<string, number> = {}
      for (const path of paths) {
        const own: number[] = []
        for (let n = 0; n < Number(options.requests); n++) own.push(await get(base + path, cookie))
        byPage[path.replace(campaignId, ':id')] = at95(own)
        times.push(...own)
      }
      say(`${JSON.stringify(byPage)}`)
      return at95(times)
    }
    const ofSmall = await read(small.campaignId)
    const ofLarge = await read(large.campaignId)
    return {
      p95_ms_small: ofSmall,
      p95_ms_large: ofLarge,
      growth: Number((ofLarge / ofSmall).toFixed(2)),
    }
  } finally {
    await stopChild(web)
  }
}

/** Three events a delivery over six days, set by set, and the rollups that they would have made */
async function fillEvents(runId: number, deliveries: number): Promise<void> {
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

async function signIn(base: string, email: string): Promise<string> {
  const page = await fetch(`${base}/signin`)
  const cookie = cookiesOf(page)
  const token = /name="_csrf"[^>]*value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
  const reply = await fetch(`${base}/signin`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _csrf: token, email, password: PASSWORD }),
  })
  if (reply.status !== 302) throw new Error(`signing in answered ${reply.status}`)
  return cookiesOf(reply)
}

const cookiesOf = (reply: Response) =>
  reply.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')

/** @returns milliseconds until the whole page is there */
async function get(address: string, cookie: string): Promise<number> {
  const from = performance.now()
  const reply = await fetch(address, { headers: { cookie }, redirect: 'manual' })
  const text = await reply.text()
  if (reply.status !== 200)
    throw new Error(`${address} answered ${reply.status}: ${text.slice(0, 200)}`)
  return performance.now() - from
}

function at95(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length * 0.95)] * 10) / 10
}
