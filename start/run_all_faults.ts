import { FAULTS } from './measures.js'
import { startMeasure } from './start_measure.js'

/**
 * Runs every fault, one after the other, each on a database of its own, and says at the end which did not hold.
 *
 * @returns an exit code
 */
export async function runAllFaults(o: { quick: boolean }): Promise<number> {
  const failed: string[] = []
  for (const name of Object.keys(FAULTS)) {
    const code = await startMeasure({
      kind: 'fault',
      name,
      measures: FAULTS,
      words: o.quick ? ['--quick'] : [],
    })
    if (code !== 0) failed.push(name)
  }
  process.stdout.write(`${JSON.stringify({ run: Object.keys(FAULTS).length, failed })}\n`)
  return failed.length === 0 ? 0 : 1
}
