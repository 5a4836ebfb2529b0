/*
| Wiring between domains: what each does in the background, and what lower domains offer for higher ones to fill.
*/
import { addJob } from '#core/jobs/add_job'
import { registerAudienceTasks } from '#core/audience/tasks'
import { registerCampaignTasks } from '#core/campaigns/tasks'
import { registerDeliveryTasks } from '#core/delivery/tasks'
import { registerPluginTasks } from '#start/plugin_tasks'
import { fillPluginPorts } from '#start/plugin_ports'

registerPluginTasks()
registerAudienceTasks()
registerCampaignTasks()
registerDeliveryTasks()
fillPluginPorts({ addJob })
