import { sql } from '#core/database/sql'
import type { DeliveryKey } from './delivery_key.js'
import type { TracedStep } from './trace_steps.js'

type Delivery = {
  readonly state: string
  readonly reason: string | null
  readonly detail: string | null
  readonly attempts: number
  readonly destination: string
  readonly provider_key: string | null
  readonly outcome_at: Date | null
  readonly not_before: Date | null
  readonly expanded_at: Date | null
  readonly plugin_id: string
  readonly contact_id: string | null
  readonly contact_at: Date | null
  readonly consent: string | null
  readonly consent_at: Date | null
  readonly consent_source: string | null
  readonly file_name: string | null
}

type Chunk = {
  readonly n: number
  readonly state: string
  readonly owner: string | null
  readonly lease_until: Date | null
}

/** Events that are printed at most: a bot may follow a link a thousand times */
const EVENTS = 50
/** What the far side says itself; the rest comes from the tracking addresses */
const RECEIPTS = new Set([
  'delivered',
  'bounced',
  'read',
  'replied',
  'answered',
  'ended',
  'complained',
])

/** What happened to one recipient: before the campaign, and in its run */
export async function stepsOfRecipient(
  key: DeliveryKey
): Promise<{ before: TracedStep[]; during: TracedStep[] }> {
  const [row] = await sql<Delivery>(
    `select d.state, d.reason, d.detail, d.attempts, d.destination, d.provider_key, d.outcome_at,
            d.not_before, r.expanded_at, r.plugin_id, c.id contact_id, c.created_at contact_at,
            c.consent, c.consent_at, c.consent_source, i.file_name
       from deliveries d
       join campaign_runs r on r.id = d.run_id
       left join contacts c on c.id = d.contact_id
       left join imports i on c.consent_source = 'import:' || i.id and i.account_id = c.account_id
      where d.run_id = $1 and d.seq = $2`,
    [key.runId, key.seq]
  )
  const during: TracedStep[] = [expansion(row, key)]
  if (row.state !== 'excluded') {
    during.push(...(await lease(key)))
    during.push(...sending(row))
  } else if (row.reason === 'cancelled' || row.reason === 'deadline') {
    during.push({ step: 'outcome', at: row.outcome_at, what: `not sent: ${row.reason}` })
  }
  return {
    before: contact(row),
    during: [...during, ...(await decisions(key)), ...(await events(key))],
  }
}

function contact(row: Delivery): TracedStep[] {
  if (row.contact_id === null)
    return [{ step: 'import', at: null, what: 'the contact was deleted since' }]
  const source = row.file_name ?? row.consent_source ?? 'nobody said'
  return [
    { step: 'import', at: row.contact_at, what: `contact ${row.contact_id}` },
    { step: 'import', at: row.consent_at, what: `consent ${row.consent}, from ${source}` },
  ]
}

function expansion(row: Delivery, key: DeliveryKey): TracedStep {
  const place = `row ${key.seq}, destination ${row.destination || 'none'}`
  return {
    step: 'expansion',
    at: row.expanded_at,
    what: row.state === 'excluded' ? `${place}: excluded, ${row.reason}` : place,
  }
}

async function lease({ runId, seq }: DeliveryKey): Promise<TracedStep[]> {
  const chunks = await sql<Chunk>(
    `select n, state, owner, lease_until from delivery_chunks
      where run_id = $1 and $2 between from_seq and to_seq`,
    [runId, seq]
  )
  return chunks.map((chunk) => ({
    step: 'lease',
    at: null,
    what:
      chunk.state === 'leased'
        ? `chunk ${chunk.n}, leased to ${chunk.owner ?? 'a worker that is gone'} until ${chunk.lease_until?.toISOString()}`
        : `chunk ${chunk.n}, ${chunk.state}`,
  }))
}

/** From the hand-over to what the far side said at once */
function sending(row: Delivery): TracedStep[] {
  if (row.attempts === 0 && row.outcome_at === null)
    return [{ step: 'hand over', at: null, what: `not yet: ${row.state}` }]
  const why = [row.reason, row.detail].filter(Boolean).join(', ')
  const again = row.not_before ? `, again at ${row.not_before.toISOString()}` : ''
  return [
    { step: 'hand over', at: null, what: `${row.attempts} time(s)` },
    { step: 'rendering', at: null, what: 'the frozen content with the fields of the contact' },
    {
      step: 'sending',
      at: null,
      what: `plugin ${row.plugin_id}${row.provider_key ? `, its key ${row.provider_key}` : ''}`,
    },
    {
      step: 'outcome',
      at: row.outcome_at,
      what: `${row.state}${why ? `: ${why}` : ''}${again}`,
    },
  ]
}

async function decisions({ runId, seq }: DeliveryKey): Promise<TracedStep[]> {
  const rows = await sql<{ at: Date; decision: string; by_name: string; why: string }>(
    `select at, decision, by_name, why from delivery_decisions where run_id = $1 and seq = $2
      order by at`,
    [runId, seq]
  )
  return rows.map((row) => ({
    step: 'uncertain',
    at: row.at,
    what: `${row.decision} by ${row.by_name}${row.why ? `: ${row.why}` : ''}`,
  }))
}

async function events({ runId, seq }: DeliveryKey): Promise<TracedStep[]> {
  const rows = await sql<{ at: Date; kind: string; verdict: string | null; device: string | null }>(
    `select at, kind, verdict, device from events where run_id = $1 and seq = $2
      order by at, id limit ${EVENTS}`,
    [runId, seq]
  )
  return rows.map((row) => ({
    step: RECEIPTS.has(row.kind) ? 'receipt' : 'event',
    at: row.at,
    what: [row.kind, row.verdict, row.device].filter(Boolean).join(', '),
  }))
}
