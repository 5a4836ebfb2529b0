import type { FactsAnswer } from '@griot/sdk'
import { checkFacts } from './check_facts.js'
import { factIntake } from './fact_intake.js'

/**
 * Takes what a plugin says came back from its far side. Durable when it resolves.
 *
 * @param o.facts as the plugin gave them
 * @throws E_PLUGIN_WRONG_RESULT when one of them is no fact: none is recorded
 */
export async function reportFacts(o: {
  pluginId: string
  facts: unknown
  now: Date
}): Promise<FactsAnswer> {
  const fates = await factIntake.take(checkFacts(o).map((fact) => ({ pluginId: o.pluginId, fact })))
  const count = (fate: string) => fates.filter((one) => one === fate).length
  return { recorded: count('recorded'), repeated: count('repeated'), parked: count('parked') }
}
