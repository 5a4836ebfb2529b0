import { createPool } from '#core/database/pool'
import { classifierOf, currentClassifier } from './main.js'
import { reclassify, type ReclassifiedCount } from './reclassify.js'

export type ClassifiedRun = ReclassifiedCount & { readonly runId: number }

/**
 * Classifies the past again: one run, or all that were launched since a day. Asking twice changes nothing the second time.
 *
 * @param o.version of the classifier; the current one when absent
 * @param o.onRun told after each run
 * @throws UnknownClassifierError
 */
export async function classifyRuns(o: {
  which: { readonly runId: number } | { readonly since: Date }
  version?: number | undefined
  onRun?: (run: ClassifiedRun) => void
}): Promise<ReclassifiedCount & { readonly runs: number }> {
  const classifier = o.version === undefined ? currentClassifier : classifierOf(o.version)
  const pool = createPool({ max: 2, name: 'classify' })
  try {
    const { rows } = await pool.query<{ id: number }>(
      'runId' in o.which
        ? { text: 'select id from campaign_runs where id = $1', values: [o.which.runId] }
        : {
            text: 'select id from campaign_runs where launched_at >= $1 order by launched_at',
            values: [o.which.since],
          }
    )
    let events = 0
    let changed = 0
    for (const { id } of rows) {
      const run = await reclassify({ pool, runId: id, classifier })
      events += run.events
      changed += run.changed
      o.onRun?.({ runId: id, ...run })
    }
    return { runs: rows.length, events, changed }
  } finally {
    await pool.end()
  }
}
