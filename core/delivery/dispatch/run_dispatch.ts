import { systemClock } from '#core/database/clock'
import pluginKernel from '#core/plugins/main'
import { ChannelUnavailableError } from '#core/plugins/errors'
import { deliveryPool } from '#core/runs/delivery_pool'
import { dispatch } from './dispatch.js'
import { queueDispatch, queueDispatches } from './queue_dispatch.js'

/** Milliseconds after which another worker may take the slice that this one cannot */
const ELSEWHERE_MS = 500
/** Seconds within which work that becomes due later gets a job of its own; the sweep finds what is further away */
const SOON_SECONDS = 90

/** Milliseconds before work is looked at again that is due and held back */
const HELD_MS = 5_000

/** Channels through which this process sends now: two slices here would share one processor */
const busy = new Set<string>()

type Slice = { readonly pluginId: string; readonly channel: string; readonly n: number }

/**
 * One job: a time slice of sending through one plugin, and the job for what remains.
 *
 * @throws Error when the payload names no channel
 */
export async function runDispatch(
  payload: unknown,
  helpers: { abortSignal?: AbortSignal }
): Promise<void> {
  const slice = readSlice(payload)
  if (busy.has(slice.channel))
    return queueDispatch({ ...slice, runAt: new Date(Date.now() + ELSEWHERE_MS) })

  busy.add(slice.channel)
  try {
    const end = await dispatch({
      kernel: pluginKernel,
      clock: systemClock,
      channelId: slice.channel,
      signal: helpers.abortSignal ?? new AbortController().signal,
    })
    if (end === 'nothing_due') await wakeWhenDue(slice)
    else await queueDispatch(slice)
  } catch (error) {
    if (!(error instanceof ChannelUnavailableError)) throw error
    /** Its jobs wait by their flag until the plugin is back */
    await queueDispatch(slice)
  } finally {
    busy.delete(slice.channel)
  }
}

function readSlice(payload: unknown): Slice {
  const { pluginId, channel, n } = (payload ?? {}) as Partial<Slice>
  if (typeof pluginId !== 'string' || typeof channel !== 'string' || typeof n !== 'number')
    throw new Error('the job names no channel')
  return { pluginId, channel, n }
}

/** Rows that wait for their time, for tokens or for a destination: come back when the first is due */
async function wakeWhenDue(slice: Slice): Promise<void> {
  const { rows } = await deliveryPool().query<{ due: Date | null }>(
    `select min(greatest(case c.state when 'leased' then c.lease_until else c.not_before end,
      b.blocked_until, own.blocked_until)) due
       from campaign_runs r join campaigns g on g.id = r.campaign_id
         join delivery_chunks c on c.run_id = r.id
       left join rate_buckets b on b.key = g.plugin_id || ' ' || c.destination
         and b.blocked_until > now()
       left join rate_buckets own on own.key = g.plugin_id and own.blocked_until > now()
      where r.state in ('expanding', 'running') and g.state = 'running' and g.plugin_id = $1
        and g.channel = $2 and c.state in ('open', 'leased')`,
    [slice.pluginId, slice.channel]
  )
  const due = rows[0]?.due
  if (!due) return
  const wait = due.getTime() - Date.now()
  if (wait > SOON_SECONDS * 1_000) return
  /** What is due and yet was not to be had waits for something else, a quiet hour for instance: no need to hurry */
  await queueDispatches({ ...slice, runAt: new Date(Date.now() + (wait > 0 ? wait : HELD_MS)) })
}
