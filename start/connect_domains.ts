import app from '@adonisjs/core/services/app'
import { sql } from '#core/database/sql'
import { waitingSentence } from '#core/campaigns/overview/waiting_sentence'
import { describeWaiting } from '#core/delivery/operations/describe_waiting'
import { whyWaiting } from '#core/delivery/operations/why_waiting'
import { addJob } from '#core/jobs/add_job'
import { tasks } from '#core/jobs/task_registry'
import { runPluginTask, tickPlugins } from '#core/plugins/runtime/plugin_tasks'
import { PluginKernel } from '#core/plugins/plugin_kernel'
import { recordReceipts } from '#core/tracking/intake/record_receipts'

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
    })
    waitingSentence.offer(async ({ runId, i18n, zone }) => {
      const waiting = (await whyWaiting([runId])).get(runId)
      const t = (key: string, data?: Record<string, unknown>) => i18n.t(key, data)
      return waiting
        ? describeWaiting(waiting, { t, locale: i18n.locale, zone, now: new Date() })
        : ''
    })
    kernel.onReceipts(({ events }) => recordReceipts(events))
  })

  tasks
    .add({
      name: 'plugins.task',
      handler: async (payload) =>
        runPluginTask({ kernel: await app.container.make(PluginKernel), payload }),
    })
    .add({
      name: 'plugins.tick',
      cron: '* * * * *',
      handler: async () => tickPlugins({ kernel: await app.container.make(PluginKernel) }),
    })
}

/** Campaigns that still need the plugin: money is held for them */
async function hasOpenWork(pluginId: string): Promise<boolean> {
  const [row] = await sql<{ open: boolean }>(
    `select exists (select 1 from campaigns where plugin_id = $1 and state in ('paid', 'scheduled', 'running', 'paused')) open`,
    [pluginId]
  )
  return row.open
}

/** The granted fields of recipients of the plugin's own deliveries, and of no others */
async function readContacts(o: {
  pluginId: string
  deliveryIds: readonly string[]
  fields: readonly string[]
}) {
  const ids = o.deliveryIds
    .map((id) => id.split('.').map(Number))
    .filter(([run, seq]) => Number.isSafeInteger(run) && Number.isSafeInteger(seq))
  const rows = await sql<{ id: string; contact: Record<string, unknown> }>(
    `select d.run_id || '.' || d.seq id, to_jsonb(c) || c.fields contact
       from unnest($1::int[], $2::int[]) asked(run_id, seq)
       join deliveries d on d.run_id = asked.run_id and d.seq = asked.seq
       join campaign_runs r on r.id = d.run_id join campaigns g on g.id = r.campaign_id and g.plugin_id = $3
       join contacts c on c.id = d.contact_id`,
    [ids.map(([run]) => run), ids.map(([, seq]) => seq), o.pluginId]
  )
  return Object.fromEntries(
    rows.map((row) => [
      row.id,
      Object.fromEntries(o.fields.map((field) => [field, row.contact[field] ?? null])),
    ])
  )
}
