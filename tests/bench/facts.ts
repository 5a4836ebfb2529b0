import type { ReceiptFact } from '@griot/sdk'
import { sql } from '#core/database/sql'
import { closeFactIntake, factIntake, factSpool } from '#core/facts/fact_intake'
import { reportFacts } from '#core/facts/report_facts'
import type { MeasureContext } from '#start/measure'
import { aRichClient } from '#tests/measure_kit'
import { aFilledRun, aQuietMailService } from '#tests/sent_run_kit'

/** Reports under way at once: webhooks and links of a busy hour */
const AT_ONCE = 64

/**
 * Receipts of a large run, a few in each report as webhooks bring them: from the report to the row, with states, counters and
 * suppressions. A tenth is told twice.
 */
export async function benchFacts({ options, say }: MeasureContext) {
  const facts = Number(options.facts)
  const each = Number(options.each)
  const serviceId = await aQuietMailService()
  const client = await aRichClient()
  const { runId } = await aFilledRun({ client, serviceId, deliveries: facts, large: true })
  const receipt = (n: number): ReceiptFact => ({
    kind: 'receipt',
    id: `dlr-${n}`,
    at: new Date(),
    of: { deliveryId: `${runId}.${n}` },
    is: n % 50 === 0 ? 'failed' : 'delivered',
    permanent: n % 100 === 0,
  })

  say(`${facts} facts, ${each} a report…`)
  const waited: number[] = []
  let next = 1
  let told = 0
  const from = performance.now()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next <= facts) {
        const first = next
        next += each
        const batch = Array.from({ length: Math.min(each, facts - first + 1) }, (_, n) =>
          receipt(first + n)
        )
        const again = first % (each * 10) === 1 ? [batch] : []
        for (const one of [batch, ...again]) {
          const at = performance.now()
          await reportFacts({ pluginId: 'email', facts: one, now: new Date() })
          waited.push(performance.now() - at)
          told += one.length
        }
      }
    })
  )
  const seconds = (performance.now() - from) / 1_000
  await factIntake.stop()

  const [{ kept, states }] = await sql<{ kept: number; states: number }>(
    `select (select count(*)::int from events where run_id = $1 and dedup like 'receipt:dlr-%') kept,
            (select count(*)::int from deliveries where run_id = $1
              and state in ('delivered', 'bounced')) states`,
    [runId]
  )
  const left = await factSpool.size()
  await closeFactIntake()
  waited.sort((a, b) => a - b)
  return {
    per_second: Math.round(told / seconds),
    p99_ms: Number(waited[Math.floor(waited.length * 0.99)].toFixed(1)),
    lost: facts - kept,
    without_state: facts - states,
    failed: left === 0 ? [] : [`${left} are left in the spool`],
  }
}
