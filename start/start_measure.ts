import type { Measure } from './measure.js'
import { readMeasureOptions } from './measures.js'
import { runMeasure } from './run_measure.js'

/**
 * Reads the words of the command line and runs the measure that they name.
 *
 * @returns an exit code; 1 with a sentence on standard error when the name or an option is wrong
 */
export async function startMeasure(o: {
  kind: 'bench' | 'fault'
  name: string
  measures: Readonly<Record<string, Measure>>
  /** Words after the name; those of this process when absent */
  words?: readonly string[]
}): Promise<number> {
  if (!Object.hasOwn(o.measures, o.name)) {
    process.stderr.write(
      `There is no "${o.name}". Choose one of: ${Object.keys(o.measures).join(', ')}\n`
    )
    return 1
  }
  try {
    const words = o.words ?? process.argv.slice(process.argv.indexOf(o.name) + 1)
    const options = readMeasureOptions(o.measures[o.name], words)
    return await runMeasure({
      root: new URL('../', import.meta.url),
      kind: o.kind,
      name: o.name,
      options,
    })
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 1
  }
}
