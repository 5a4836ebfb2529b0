import { systemClock } from '#core/database/clock'
import { tasks } from '#core/jobs/task_registry'
import { scheduleGraceHours } from '#config/campaigns'
import { runDueOccurrences } from './occurrences/run_due_occurrences.js'

declare global {
  namespace GraphileWorker {
    interface Tasks {
      'campaigns.tick': Record<string, never>
    }
  }
}

/** What campaigns do in the background */
export function registerCampaignTasks(): void {
  tasks.add({
    name: 'campaigns.tick',
    cron: '* * * * *',
    handler: async () => {
      await runDueOccurrences({ now: systemClock.now(), graceHours: scheduleGraceHours })
    },
  })
}
