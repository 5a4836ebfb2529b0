import type pg from 'pg'
import { takeOpenCosts, type OpenCost } from '#core/campaigns/lifecycle/open_costs'
import type { PlacedReceipt } from '#core/facts/received_fact'
import { addRunCost } from '#core/runs/add_run_cost'
import { loadRun } from '#core/runs/load_run'
import type { Run } from '#core/runs/run'
import { captureCost, captureKeys } from '../dispatch/capture_cost.js'
import { priceUnits } from '../dispatch/price_units.js'

type Settling = {
  readonly run: Run
  readonly finals: readonly PlacedReceipt[]
  readonly open: readonly OpenCost[]
}

/**
 * Captures what deliveries cost by what became of them: nothing where they failed, else what was used, or what they were accepted for.
 * In the transaction that records the facts. The first final word about a delivery counts for its money.
 *
 * Rows in: final receipts of a batch; none of them for channels that are charged by acceptance. Index: primary key of open_costs. The
 * ledger's rows are taken in one order, by account.
 */
export async function settleFinals(
  client: pg.PoolClient,
  finals: readonly PlacedReceipt[]
): Promise<void> {
  const settling: Settling[] = []
  for (const [runId, of] of Map.groupBy(finals, (one) => one.runId)) {
    const open = await takeOpenCosts(client, { runId, seqs: of.map((one) => one.seq) })
    if (open.length === 0) continue
    const run = await loadRun(runId)
    if (!run) throw new Error(`Run ${runId} is gone and its costs are open`)
    settling.push({ run, finals: of, open })
  }
  settling.sort((a, b) => (revenueOf(a.run) < revenueOf(b.run) ? -1 : 1))
  for (const { run, finals: of, open } of settling) {
    const words = new Map<number, PlacedReceipt>()
    for (const one of of) if (!words.has(one.seq)) words.set(one.seq, one)
    const costMicro = open.reduce((sum, one) => sum + costOf(run, one, words.get(one.seq)), 0n)
    if (costMicro === 0n) continue
    await addRunCost(client, { runId: run.id, costMicro })
    await captureCost({ client, run, costMicro, chunk: `${run.id}:final:${open[0].seq}` })
  }
}

const revenueOf = (run: Run) => captureKeys(run, '').revenue

function costOf(run: Run, open: OpenCost, word: PlacedReceipt | undefined): bigint {
  const { units, is } = word?.fact ?? {}
  if (units !== undefined) {
    const priced = priceUnits({ units, unitPrices: run.quote.unitPrices, address: open.address })
    if (priced !== null) return priced
  }
  return is === 'failed' ? 0n : open.costMicro
}
