import { loadRun } from './load_run.js'
import type { Run } from './run.js'

/** What was frozen at the launch of a run; its state goes on and is asked for elsewhere */
export type FrozenRun = Omit<Run, 'state' | 'canaryState' | 'rules'>

/** Runs kept in memory: the pages that messages lead to are opened thousands of times for the same few, whose content is large */
const KEPT = 300
const kept = new Map<number, FrozenRun>()

/** Reads what was frozen of a run, from memory when it was read before; null when it does not exist */
export async function frozenRun(runId: number): Promise<FrozenRun | null> {
  const known = kept.get(runId)
  if (known) return known
  const run = await loadRun(runId)
  if (!run) return null
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value as number)
  kept.set(runId, run)
  return run
}
