import type pg from 'pg'
import type { PlacedFact, Place, ReceivedFact, Subject } from './received_fact.js'
import { subjectOf } from './received_fact.js'

/** Days after which a message is no answer to what was sent any more */
const ANSWER_DAYS = 30

type Found = Place & { readonly pluginId: string; readonly key: string; readonly theirs: boolean }

/**
 * Finds the deliveries that facts are about, each among those of the plugin that told it: by the far side's key, by our id, or as the last
 * one to somebody who wrote.
 *
 * Rows in: facts of one batch. Indexes: deliveries_provider_key and delivery_parts_key, one a partition, and primary keys; for those
 * who wrote, deliveries_address in each of the plugin's runs of the last days.
 *
 * @returns a placed fact for each, null where nobody knows the delivery
 */
export async function matchFacts(
  client: pg.PoolClient,
  facts: readonly ReceivedFact[]
): Promise<(PlacedFact | null)[]> {
  const subjects = facts.map(({ fact }) => subjectOf(fact))
  const byName = await findNamed(client, subjects)
  const bySender = await findLast(client, facts, subjects)
  const byRun = await findRuns(client, subjects)
  return facts.map(({ pluginId, fact }, n) => {
    const name = `${pluginId} ${nameOf(subjects[n])}`
    const at = byName.get(name) ?? byRun.get(name) ?? bySender[n]
    return at ? ({ ...at, pluginId, fact } as PlacedFact) : null
  })
}

/** A subject as one word; apart, so that an address is no key */
function nameOf(subject: Subject): string {
  if ('from' in subject) return `from ${subject.from}`
  if ('run' in subject) return `run ${subject.run}`
  return 'providerKey' in subject ? `key ${subject.providerKey}` : `id ${subject.deliveryId}`
}

async function findNamed(
  client: pg.PoolClient,
  subjects: readonly Subject[]
): Promise<Map<string, Place>> {
  const found = new Map<string, Place>()
  const named = subjects.filter((subject) => !('from' in subject || 'run' in subject))
  if (named.length === 0) return found
  const own = named.map(ownId)
  const { rows } = await client.query<Found>({
    name: 'match_facts',
    text: `select d.run_id "runId", d.seq, null::int part, r.plugin_id "pluginId",
                  d.provider_key "key", true theirs
             from deliveries d join campaign_runs r on r.id = d.run_id
            where d.provider_key = any($1::text[])
           union all
           select p.run_id, p.seq, p.part, r.plugin_id, p.provider_key, true
             from delivery_parts p join campaign_runs r on r.id = p.run_id
            where p.provider_key = any($1::text[])
           union all
           select d.run_id, d.seq, null, r.plugin_id, d.run_id || '.' || d.seq,
                  d.provider_key is null
             from unnest($2::int[], $3::int[]) asked(run_id, seq)
             join deliveries d on d.run_id = asked.run_id and d.seq = asked.seq
               and d.state not in ('pending', 'leased', 'handing_over', 'deferred')
             join campaign_runs r on r.id = d.run_id`,
    values: [
      named.flatMap((subject) => ('providerKey' in subject ? [subject.providerKey] : [])),
      own.map((at) => at?.runId ?? null),
      own.map((at) => at?.seq ?? null),
    ],
  })
  for (const { pluginId, key, theirs, runId, seq, part } of rows) {
    if (theirs) found.set(`${pluginId} key ${key}`, { runId, seq, part })
    found.set(`${pluginId} id ${runId}.${seq}`, { runId, seq, part: null })
  }
  return found
}

/**
 * The delivery that a name of ours stands for. A far side that takes our own id of a delivery as its key has it as a key as well: the
 * engine does not write that down, it can be read. Until its outcome is written it is not known. A delivery to which the far side gave
 * a key of its own answers to that alone, so that nobody finds it by counting.
 */
function ownId(subject: Subject): { readonly runId: number; readonly seq: number } | null {
  if ('from' in subject || 'run' in subject) return null
  const name = 'providerKey' in subject ? subject.providerKey : subject.deliveryId
  const [, run, seq] = /^(\d{1,10})\.(\d{1,10})$/.exec(name) ?? []
  const at = { runId: Number(run), seq: Number(seq) }
  return at.runId < 2 ** 31 && at.seq < 2 ** 31 ? at : null
}

/** Runs that notices are about. Primary key */
async function findRuns(
  client: pg.PoolClient,
  subjects: readonly Subject[]
): Promise<Map<string, Place>> {
  const asked = subjects.flatMap((subject) => ('run' in subject ? [subject.run] : []))
  if (asked.length === 0) return new Map()
  const { rows } = await client.query<{ runId: number; pluginId: string }>({
    name: 'runs_of_notices',
    text: `select id "runId", plugin_id "pluginId" from campaign_runs where id = any($1::int[])`,
    values: [asked],
  })
  return new Map(
    rows.map(({ runId, pluginId }) => [`${pluginId} run ${runId}`, { runId, seq: 0, part: null }])
  )
}

/** The last delivery of the plugin to each of those who wrote without saying what they answer */
async function findLast(
  client: pg.PoolClient,
  facts: readonly ReceivedFact[],
  subjects: readonly Subject[]
): Promise<(Place | undefined)[]> {
  const senders = subjects.map((subject) => ('from' in subject ? subject.from : null))
  if (senders.every((sender) => sender === null)) return []
  const { rows } = await client.query<Place & { n: number }>({
    name: 'last_deliveries',
    text: `select asked.n::int n, l.run_id "runId", l.seq, null::int part
             from unnest($1::text[], $2::text[]) with ordinality asked(plugin_id, address, n)
            cross join lateral (
              select d.run_id, d.seq
                from campaign_runs r join deliveries d on d.run_id = r.id
                  and d.address = asked.address
               where r.plugin_id = asked.plugin_id
                 and r.launched_at > now() - $3::int * interval '1 day'
                 and d.state in ('accepted', 'delivered', 'bounced', 'uncertain')
               order by r.launched_at desc limit 1) l
            where asked.address is not null`,
    values: [facts.map((one) => one.pluginId), senders, ANSWER_DAYS],
  })
  const found: (Place | undefined)[] = []
  for (const { n, runId, seq, part } of rows) found[n - 1] = { runId, seq, part }
  return found
}
