import app from '@adonisjs/core/services/app'
import { hasOpenWork } from '#core/campaigns/lifecycle/has_open_work'
import { recordNotices } from '#core/campaigns/lifecycle/record_notices'
import { waitingSentence } from '#core/campaigns/overview/waiting_sentence'
import { describeWaiting } from '#core/delivery/operations/describe_waiting'
import { recordMessages } from '#core/conversations/record_messages'
import { settleByReceipts } from '#core/delivery/uncertain/settle_by_receipts'
import { settleFinals } from '#core/delivery/settlement/settle_finals'
import { whyWaiting } from '#core/delivery/operations/why_waiting'
import { addJob } from '#core/jobs/add_job'
import { tasks } from '#core/jobs/task_registry'
import { runPluginTask, tickPlugins } from '#core/plugins/runtime/plugin_tasks'
import { PluginKernel } from '#core/plugins/plugin_kernel'
import { readContacts } from '#core/runs/read_contacts'
import { systemClock } from '#core/database/clock'
import { reportFacts } from '#core/facts/report_facts'
import { factTakers } from '#core/facts/takers'
import { recordReceipts } from '#core/tracking/recording/record_receipts'

declare global {
  namespace GraphileWorker {
    interface Tasks {
      'plugins.task': { pluginId: string; task: string; payload: unknown }
      'plugins.tick': Record<string, never>
    }
  }
}

/** Fills what the plugin kernel leaves to higher domains, and gives the queue the one task through which plugins run */
export function connectDomains(): void {
  app.booted(async () => {
    const kernel = await app.container.make(PluginKernel)
    kernel.offer({
      addTask: ({ pluginId, task, payload, runAt, key }) =>
        addJob(
          'plugins.task',
          { pluginId, task, payload },
          {
            flags: [`plugin:${pluginId}`],
            runAt,
            key: key ? `plugin:${pluginId}:${key}` : undefined,
          }
        ),
      hasOpenWork,
      readContacts,
      reportFacts: (o) => reportFacts({ ...o, now: systemClock.now() }),
    })
    waitingSentence.offer(async ({ runId, i18n, zone }) => {
      const waiting = (await whyWaiting([runId])).get(runId)
      const t = (key: string, data?: Record<string, unknown>) => i18n.t(key, data)
      return waiting
        ? describeWaiting(waiting, { t, locale: i18n.locale, zone, now: new Date() })
        : ''
    })
    factTakers.offer({
      uncertain: settleByReceipts,
      receipts: recordReceipts,
      messages: recordMessages,
      notices: recordNotices,
      finals: settleFinals,
    })
  })

  tasks
    .add({
      name: 'plugins.task',
      lane: 'plugins',
      handler: async (payload) =>
        runPluginTask({ kernel: await app.container.make(PluginKernel), payload }),
    })
    .add({
      name: 'plugins.tick',
      cron: '* * * * *',
      handler: async () => tickPlugins({ kernel: await app.container.make(PluginKernel) }),
    })
}
