import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#core/database/server/embedded_postgres'
import { sql } from '#core/database/sql'
import { trackingSpool } from '#core/tracking/intake/tracking_spool'
import { signToken } from '#core/tracking/links/token'
import { stopChild } from '#start/child_processes'
import type { MeasureContext } from '#start/measure'
import { aRichClient } from '#tests/measure_kit'
import { aFilledRun, aQuietMailService, askOver, aWebProcess } from '#tests/sent_run_kit'

const DELIVERIES = 5_000

/**
 * Clicks on two web processes of one machine before, while and after Postgres is away, on links of a run that neither has ever been
 * asked for. Each click must lead on, and be an event once in the end, with counters that say the same.
 */
export async function clickWithoutPostgres({ options, root, say, postgres }: MeasureContext) {
  const serviceId = await aQuietMailService()
  const client = await aRichClient()
  const { runId } = await aFilledRun({
    client,
    serviceId,
    deliveries: DELIVERIES,
    large: false,
  })
  const ports = [Number(process.env.PORT), await freePort()]
  const webs = await Promise.all(ports.map((port) => aWebProcess(root, port)))
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const made = { clicks: 0, redirected: 0, slowest: 0 }
  const otherwise = new Set<number | string>()
  let stopped = false
  const click = async (n: number) => {
    made.clicks += 1
    const token = signToken('click', { runId, seq: 1 + (n % DELIVERIES), link: n % 8 })
    const from = performance.now()
    const told = await askOver({ agent, port: ports[n % 2], path: `/c/${token}` })
    made.slowest = Math.max(made.slowest, performance.now() - from)
    if (told === 302) made.redirected += 1
    else otherwise.add(told)
  }
  try {
    /** The links are copied to this machine within two seconds */
    await sleep(3_000)
    const clicking = (async () => {
      const open = new Set<Promise<void>>()
      const gap = 1_000 / Number(options.rate)
      const from = performance.now()
      for (let n = 0; !stopped; n++) {
        const wait = from + n * gap - performance.now()
        if (wait > 1) await sleep(wait)
        const one = click(n).finally(() => open.delete(one))
        open.add(one)
      }
      await Promise.all(open)
    })()
    say(`Postgres is away for ${String(options.seconds)} s…`)
    await postgres.restart({ mode: 'fast', awayMs: Number(options.seconds) * 1_000 })
    say('Postgres is back')
    await sleep(2_000)
    stopped = true
    await clicking

    const spool = trackingSpool()
    const end = Date.now() + 60_000
    let kept = { events: 0, keys: 0 }
    while (Date.now() < end && (kept.events < made.clicks || (await spool.size()) > 0)) {
      await sleep(500)
      kept = await counted(runId)
    }
    await sleep(1_000)
    kept = await counted(runId)
    const [run] = await sql<{ counted: number }>(
      'select clicked + clicked_bot counted from campaign_runs where id = $1',
      [runId]
    )
    const left = await spool.size()
    return {
      clicks: made.clicks,
      redirected: made.redirected,
      slowest_ms: Math.round(made.slowest),
      events: kept.events,
      duplicates: kept.events - kept.keys,
      lost: made.clicks - kept.events,
      failed: [
        ...(made.redirected === made.clicks
          ? []
          : [
              `${made.clicks - made.redirected} clicks were not led on: ${[...otherwise].join(', ')}`,
            ]),
        ...(kept.events === made.clicks ? [] : [`${made.clicks} clicks, ${kept.events} events`]),
        ...(kept.events === kept.keys ? [] : ['events stand twice']),
        ...(run.counted === kept.events ? [] : [`the counters say ${run.counted}`]),
        ...(left === 0 ? [] : [`${left} are left in the spool`]),
      ],
    }
  } finally {
    stopped = true
    agent.destroy()
    for (const web of webs) await stopChild(web)
  }
}

async function counted(runId: number): Promise<{ events: number; keys: number }> {
  const [row] = await sql<{ events: number; keys: number }>(
    'select count(*)::int events, count(distinct dedup)::int keys from events where run_id = $1',
    [runId]
  )
  return row
}
