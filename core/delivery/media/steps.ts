import type { AppliedStep, Text } from '@griot/sdk'
import { deliveryPool } from '#core/runs/delivery_pool'

export type StepState = 'pending' | 'handing_over' | 'done' | 'failed' | 'uncertain'
export type RecordedStep = AppliedStep & { readonly n: number; readonly state: StepState }

/** Writes the plan of a run once; a repeated call keeps what is there */
export async function recordSteps(
  runId: number,
  steps: readonly { key: string; title: Text; payload?: Readonly<Record<string, unknown>> }[]
): Promise<void> {
  await deliveryPool().query(
    `insert into campaign_steps (run_id, n, key, title, payload)
     select $1, s.n, s.step ->> 'key', (s.step -> 'title')::text, coalesce(s.step -> 'payload',
       '{}') from jsonb_array_elements($2::jsonb) with ordinality s(step, n)
     on conflict do nothing`,
    [runId, JSON.stringify(steps)]
  )
}

/** The steps of a run in order */
export async function readSteps(runId: number): Promise<RecordedStep[]> {
  const { rows } = await deliveryPool().query<{
    n: number
    key: string
    title: string
    payload: Record<string, unknown>
    state: StepState
    provider_key: string | null
  }>(
    `select n, key, title, payload, state, provider_key from campaign_steps where run_id = $1
      order by n`,
    [runId]
  )
  return rows.map((row) => ({
    n: row.n,
    key: row.key,
    title: JSON.parse(row.title) as Text,
    payload: row.payload,
    state: row.state,
    providerKey: row.provider_key,
  }))
}

/**
 * Moves one step on by compare-and-set.
 * @returns false when another worker has it
 */
export async function moveStep(o: {
  runId: number
  n: number
  from: readonly StepState[]
  to: StepState
  providerKey?: string | null
  detail?: string
}): Promise<boolean> {
  const moved = await deliveryPool().query(
    `update campaign_steps set state = $4, provider_key = coalesce($5, provider_key),
      detail = coalesce($6, detail), updated_at = now()
      where run_id = $1 and n = $2 and state = any($3::text[])`,
    [o.runId, o.n, o.from, o.to, o.providerKey ?? null, o.detail?.slice(0, 500) ?? null]
  )
  return moved.rowCount === 1
}
