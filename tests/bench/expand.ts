import { sql } from '#core/database/sql'
import { expandRun } from '#core/delivery/expansion/expand_run'
import { loadRun } from '#core/runs/load_run'
import type { MeasureContext } from '#start/measure'
import { aLargeList, aMailService, aPaidCampaign, aRichClient, launch } from '#tests/measure_kit'
import { startSink } from '#tests/smtp/start_sink'

/**
 * Expansion of a whole audience, slice by slice as a worker does it, beside one bare INSERT … SELECT of the same rows into
 * a table with the same columns and keys: before and after, because the disk still writes what came first.
 */
export async function benchExpand({ options, say }: MeasureContext) {
  const recipients = Number(options.recipients)
  const sink = await startSink()
  try {
    const { service } = await aMailService({ port: sink.port })
    const client = await aRichClient()
    const listId = await aLargeList(client, { people: recipients })
    say(`${recipients} contacts are there`)
    const campaign = await aPaidCampaign({ client, service, listIds: [listId] })
    const { runId } = await launch(client, campaign)
    const run = await loadRun(runId)
    if (!run) throw new Error('no run')

    const before = await bareInsert(runId, client.accountId, listId)
    const from = performance.now()
    await expandRun(run, 'email')
    const seconds = (performance.now() - from) / 1_000
    const after = await bareInsert(runId, client.accountId, listId)
    say(`bare: ${before.toFixed(2)} s before and ${after.toFixed(2)} s after`)
    const bare = (before + after) / 2
    const [{ rows }] = await sql<{ rows: number }>(
      'select count(*)::int "rows" from deliveries where run_id = $1',
      [runId]
    )
    if (rows !== recipients) throw new Error(`${rows} rows of ${recipients}`)
    return {
      rows_per_second: Math.round(recipients / seconds),
      bare: Math.round(recipients / bare),
      ratio: Number((bare / seconds).toFixed(3)),
    }
  } finally {
    await sink.stop()
  }
}

/** @returns seconds */
async function bareInsert(runId: number, accountId: string, listId: string): Promise<number> {
  await sql(
    'create table bare_deliveries (like deliveries including defaults including constraints including indexes) with (fillfactor = 80)'
  )
  const from = performance.now()
  await sql(
    `insert into bare_deliveries (run_id, seq, contact_id, address, destination, state)
     select $1, row_number() over (order by c.id), c.id, c.email, split_part(c.email, '@', 2), 'pending'
       from contact_list_members m join contacts c on c.id = m.contact_id where m.list_id = $3::uuid and c.account_id = $2::uuid`,
    [runId, accountId, listId]
  )
  const seconds = (performance.now() - from) / 1_000
  await sql('drop table bare_deliveries')
  return seconds
}
