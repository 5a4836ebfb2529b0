import { sql } from '#core/database/sql'

/** The granted fields of recipients of the plugin's own deliveries, and of no others */
export async function readContacts(o: {
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
       join campaign_runs r on r.id = d.run_id and r.plugin_id = $3
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
