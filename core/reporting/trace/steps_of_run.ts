import { sql } from '#core/database/sql'
import type { TracedStep } from './trace_steps.js'

type Row = {
  readonly created_at: Date
  readonly quoted_at: Date
  readonly reachable: number
  readonly minimum: bigint
  readonly maximum: bigint
  readonly currency: string
  readonly held_at: Date | null
  readonly hold_n: number
  readonly held: bigint | null
  readonly captured: bigint | null
  readonly released: bigint | null
  readonly settled_at: Date | null
  readonly launched_at: Date
  readonly expanded_at: Date | null
  readonly finished_at: Date | null
  readonly state: string
  readonly error: string | null
  readonly plugin_id: string
  readonly channel: string
  readonly audience: number
  readonly accepted: number
  readonly rejected: number
  readonly uncertain: number
  readonly excluded: number
  readonly pending: number
}

/** What is the same for each recipient of a run, before it comes to them and after. Rows in: one of each table, by key */
export async function stepsOfRun(
  runId: number
): Promise<{ before: TracedStep[]; after: TracedStep[] }> {
  const [run] = await sql<Row>(
    `select g.created_at, q.created_at quoted_at, q.reachable, q.minimum, q.maximum, q.currency,
            h.created_at held_at, r.hold_n, h.held, h.captured, h.released, h.settled_at,
            r.launched_at, r.expanded_at, r.finished_at, r.state, r.error, r.plugin_id, r.channel,
            r.audience, r.accepted, r.rejected, r.uncertain, r.excluded, r.pending
       from campaign_runs r
       join campaigns g on g.id = r.campaign_id
       join quotes q on q.id = r.quote_id
       left join campaign_holds h on h.campaign_id = r.campaign_id and h.n = r.hold_n
      where r.id = $1`,
    [runId]
  )
  const money = (amount: bigint | null) => `${amount ?? 0n} ${run.currency} (minor units)`
  const before: TracedStep[] = [
    { step: 'brief', at: run.created_at, what: 'the campaign was begun' },
    {
      step: 'quote',
      at: run.quoted_at,
      what: `${run.reachable} reachable, at most ${money(run.maximum)}`,
    },
  ]
  if (run.held_at !== null)
    before.push({
      step: 'hold',
      at: run.held_at,
      what: `hold ${run.hold_n}: ${money(run.held)} reserved`,
    })
  before.push({
    step: 'launch',
    at: run.launched_at,
    what: `run ${runId}, channel ${run.channel} of plugin ${run.plugin_id}`,
  })

  const sums = `audience ${run.audience} = accepted ${run.accepted} + rejected ${run.rejected} + uncertain ${run.uncertain} + excluded ${run.excluded} + open ${run.pending}`
  const after: TracedStep[] = []
  if (run.finished_at !== null)
    after.push({
      step: 'end',
      at: run.finished_at,
      what: `${run.state}${run.error ? `: ${run.error}` : ''}; charged ${money(run.captured)}, refunded ${money(run.released)}`,
    })
  after.push({ step: 'report', at: null, what: sums })
  return { before, after }
}
