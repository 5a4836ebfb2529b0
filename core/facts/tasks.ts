import type { Clock } from '#core/database/clock'
import { tasks } from '#core/jobs/task_registry'
import { factsPool } from './fact_intake.js'
import { matchParked } from './match_parked.js'
import { tidyParked } from './tidy_parked.js'

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Outcomes were written that parked facts of a plugin are about; of any plugin when it names none */
      'facts.match': { pluginId?: string }
    }
  }
}

/** Parked facts meet their deliveries as outcomes are written, and once a minute for those that crossed on the way */
export function registerFactTasks(clock: Clock): void {
  tasks.add({
    name: 'facts.match',
    cron: '* * * * *',
    lane: 'prompt',
    handler: async (payload) => {
      const { pluginId } = payload as { pluginId?: unknown }
      if (typeof pluginId === 'string') return void (await matchParked(factsPool(), { pluginId }))
      await matchParked(factsPool())
      await tidyParked(clock.now())
    },
  })
}
