import { addJob } from '#core/jobs/add_job'
import { deliveryPool } from '#core/runs/delivery_pool'

/** Time slices of one plugin that may be queued at once, however many workers there are */
const MOST = 16

/**
 * Queues a time slice of sending for each worker that is there: one process runs one slice of a plugin at a time. Jobs with the
 * same key are one job, so asking again is cheap.
 *
 * @param o.runAt when work is due; now when absent
 */
export async function queueDispatches(o: {
  pluginId: string
  channel: string
  runAt?: Date
}): Promise<void> {
  const { rows } = await deliveryPool().query<{ n: number }>('select count(*)::int n from workers')
  const slices = Math.min(MOST, Math.max(1, rows[0]?.n ?? 1))
  for (let n = 1; n <= slices; n++) await queueDispatch({ ...o, n })
}

/** Queues one slice of a plugin; `n` tells it from the others */
export async function queueDispatch(o: {
  pluginId: string
  channel: string
  n: number
  runAt?: Date
}): Promise<void> {
  await addJob(
    'delivery.dispatch',
    { pluginId: o.pluginId, channel: o.channel, n: o.n },
    {
      key: `dispatch:${o.pluginId}:${o.channel}:${o.n}${o.runAt ? ':later' : ''}`,
      flags: [`plugin:${o.pluginId}`],
      runAt: o.runAt,
    }
  )
}
