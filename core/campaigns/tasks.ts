import { tasks } from '#core/jobs/task_registry'
import { startDueCampaigns } from './launch_campaign.js'

/** What campaigns do in the background */
export function registerCampaignTasks(): void {
  tasks.add({
    name: 'campaigns.tick',
    cron: '* * * * *',
    handler: async () => {
      await startDueCampaigns(new Date())
    },
  })
}
