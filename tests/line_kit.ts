import { randomUUID } from 'node:crypto'
import { runOnce, type TaskList } from 'graphile-worker'
import Service from '#core/billing/models/service'
import { setRate } from '#core/billing/set_rate'
import { createList } from '#core/audience/lists/create_list'
import { SYSTEM, type Actor } from '#core/database/actor'
import { createPool } from '#core/database/pool'
import { sql } from '#core/database/sql'
import { createAccount } from '#core/identity/accounts/create_account'
import { queueLogger } from '#core/jobs/run_worker'
import { tasks } from '#core/jobs/task_registry'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import { creditWallet } from '#core/ledger/credit_wallet'
import { walletBalance } from '#core/ledger/wallet_balance'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import { installPlugin } from '#core/plugins/lifecycle/install_plugin'
import pluginKernel from '#core/plugins/main'

/*
| What tests of the whole line share: a client with money, people in a list, a service with prices, and a turn of the
| worker. Everything goes through the verbs that pages and workers call.
*/

export type Client = {
  readonly accountId: string
  readonly userId: string
  readonly by: Actor
  available(): Promise<bigint>
  held(): Promise<bigint>
}

/** A client company with `credit` minor units in its wallet */
export async function aClient(o: { credit?: bigint } = {}): Promise<Client> {
  const { account, owner } = await createAccount({
    company: `Client ${randomUUID().slice(0, 8)}`,
    country: 'CI',
    owner: {
      fullName: 'Awa Koné',
      email: `${randomUUID()}@griot.test`,
      password: 'a long password',
      locale: 'fr',
    },
    confirmed: true,
    now: new Date(),
  })
  if (o.credit !== 0n) {
    await creditWallet({
      accountId: account.id,
      currency: 'XOF',
      amount: o.credit ?? 100_000n,
      reason: 'test',
      by: SYSTEM,
      key: account.id,
    })
  }
  const balance = () => walletBalance({ accountId: account.id, currency: 'XOF' })
  return {
    accountId: account.id,
    userId: owner.id,
    by: { kind: 'user', id: owner.id, name: owner.fullName },
    available: async () => (await balance()).available,
    held: async () => (await balance()).held,
  }
}

/** A list of people who agreed; addresses as given, or `person<n>@example.com` */
export async function aList(
  client: Client,
  people: number | readonly string[],
  consent: 'granted' | 'refused' | 'unknown' = 'granted'
): Promise<string> {
  const addresses =
    typeof people === 'number'
      ? Array.from({ length: people }, (_, n) => `person${n}@example.com`)
      : people
  const list = await createList({
    accountId: client.accountId,
    name: `Liste ${randomUUID().slice(0, 8)}`,
    by: client.by,
  })
  await sql(
    `with made as (insert into contacts (account_id, email, first_name, consent) select $1, a, 'Awa', $3 from unnest($2::text[]) a
       on conflict (account_id, email) where email is not null do update set consent = excluded.consent returning id)
     insert into contact_list_members (list_id, contact_id) select $4, id from made`,
    [client.accountId, [...addresses], consent, list.id]
  )
  return list.id
}

/** Installs and enables a plugin, and sells its channel at `price` micro-units for each of its units */
export async function aService(
  pluginId: string,
  price = 10_000_000n,
  settings?: Record<string, unknown>
): Promise<Service> {
  const plugin = await pluginKernel.find(pluginId)
  if (plugin.status === 'discovered')
    await installPlugin({ kernel: pluginKernel, id: pluginId, granted: 'all', by: SYSTEM })
  if (settings)
    await sql(`update plugins set settings = $2::jsonb, settings_source = 'admin' where id = $1`, [
      pluginId,
      JSON.stringify(settings),
    ])
  await enablePlugin({ kernel: pluginKernel, id: pluginId, by: SYSTEM })
  await pluginKernel.refresh()
  const { channel, channelId } = pluginKernel
    .channels()
    .find((one) => one.pluginId === pluginId) ?? { channel: null, channelId: '' }
  if (!channel) throw new Error(`${pluginId} offers no channel`)

  /** Another test may have changed the price, also for days to come */
  const found = await Service.findBy('slug', channelId)
  const service =
    found ??
    (await Service.create({
      channel: channelId,
      pluginId,
      slug: channelId,
      title: channel.title,
      description: channel.description,
      status: 'published',
      position: 0,
    }))
  await sql(
    `delete from rates where effective_from > now() and rate_card_id in (select id from rate_cards where service_id = $1::uuid)`,
    [service.id]
  )
  for (const unit of Object.keys(channel.units))
    await setRate({ serviceId: service.id, currency: 'XOF', unit, priceMicro: price })
  return service
}

/**
 * Runs every job that is due, and those that they queue, until none is left. As in a worker, jobs of a plugin that is away
 * wait: an earlier group's campaign may ask for its plugin again when its folder is no longer there.
 *
 * @param o.later whether jobs that wait for their time are due as well
 */
export async function runJobs(o: { later?: boolean } = {}): Promise<void> {
  const pool = createPool({ max: 4, name: 'tests', plain: true })
  try {
    if (o.later)
      await pool.query(
        'update graphile_worker._private_jobs set run_at = now() where locked_at is null'
      )
    const taskList: TaskList = Object.fromEntries(
      tasks.all().map((task) => [task.name, task.handler])
    )
    await runOnce({
      pgPool: pool,
      logger: queueLogger(),
      taskList,
      noHandleSignals: true,
      concurrency: 2,
      forbiddenFlags: () => pluginKernel.heldFlags(),
    })
    /** Each failure fails the test that it happened in, not those after it */
    const { rows } = await pool.query<{ identifier: string; last_error: string }>(
      `delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
        where t.id = j.task_id and j.last_error is not null returning t.identifier, j.last_error`
    )
    if (rows.length > 0)
      throw new Error(
        `jobs failed: ${rows.map((row) => `${row.identifier}: ${row.last_error}`).join('\n')}`
      )
  } finally {
    await pool.end()
  }
}

/** How many deliveries of a run are in each state */
export async function deliveryStates(runId: number): Promise<Record<string, number>> {
  const rows = await sql<{ state: string; n: number }>(
    'select state, count(*)::int n from deliveries where run_id = $1 group by state',
    [runId]
  )
  return Object.fromEntries(rows.map((row) => [row.state, row.n]))
}

/** What is wrong in the books; a test expects nothing */
export const booksAreWrong = brokenInvariants
