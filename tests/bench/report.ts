import { sql } from '#core/database/sql'
import User from '#core/identity/models/user'
import { stopChild } from '#start/child_processes'
import type { MeasureContext } from '#start/measure'
import { aRichClient } from '#tests/measure_kit'
import { fillEvents } from './fill_events.js'
import { aSignedInCookie } from './signed_in_cookie.js'
import { aFilledRun, aQuietMailService, aWebProcess } from '#tests/sent_run_kit'

const SMALL = 10_000

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
    const cookie = await aSignedInCookie(base, (await User.findOrFail(client.userId)).email)
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
