/*
| Wiring between domains: what each does in the background, and what lower domains offer for higher ones to fill.
*/
import { registerAudienceTasks } from '#core/audience/tasks'
import { registerCampaignTasks } from '#core/campaigns/tasks'
import { registerDeliveryTasks } from '#core/delivery/tasks'
import { systemClock } from '#core/database/clock'
import { registerFactTasks } from '#core/facts/tasks'
import { connectDomains } from '#start/connect_domains'

registerAudienceTasks()
registerCampaignTasks()
registerDeliveryTasks()
registerFactTasks(systemClock)
connectDomains()
