import { isGivenUp } from '#core/campaigns/overview/left_out'
import { sql } from '#core/database/sql'
import { BYTE_ORDER_MARK, csvLine } from '#core/http/csv/csv_line'

/** Deliveries read at a time: the file of a million contacts never stands in memory */
const BATCH = 5_000

type Row = {
  seq: number
  address: string
  state: string
  reason: string | null
  detail: string | null
  outcome_at: string | null
  opened_at: string | null
  clicked_at: string | null
}

/**
 * What became of every contact of a campaign's latest run, as a file.
 *
 * @param o.zone the account's IANA zone, in which times are told
 * @param o.t words in the language of the person
 * @returns pieces of text; the first begins with a byte-order mark
 */
export async function* reportCsv(o: {
  accountId: string
  campaignId: string
  zone: string
  t: (key: string) => string
}): AsyncGenerator<string> {
  const heading = [
    'address',
    'state',
    'reason',
    'detail',
    'outcome_at',
    'opened_at',
    'clicked_at',
  ].map((name) => o.t(`reporting.csv.${name}`))
  yield BYTE_ORDER_MARK + csvLine(heading)

  let after = 0
  for (;;) {
    const rows = await batch({ ...o, after })
    if (rows.length === 0) return
    yield rows.map((row) => csvLine(cells(row, o.t))).join('')
    after = rows.at(-1)?.seq ?? after
    if (rows.length < BATCH) return
  }
}

/** Rows in: one batch. Index: primary key (run, seq); the run comes from the account's own campaign */
async function batch(o: {
  accountId: string
  campaignId: string
  zone: string
  after: number
}): Promise<Row[]> {
  return sql<Row>(
    `select d.seq, d.address, d.state, d.reason, d.detail,
            to_char(d.outcome_at at time zone $4, 'YYYY-MM-DD HH24:MI:SS') outcome_at,
            to_char(d.first_opened_at at time zone $4, 'YYYY-MM-DD HH24:MI:SS') opened_at,
            to_char(d.first_clicked_at at time zone $4, 'YYYY-MM-DD HH24:MI:SS') clicked_at
       from deliveries d
      where d.run_id = (select r.id from campaign_runs r where r.campaign_id = $1::uuid
        and r.account_id = $2::uuid order by r.n desc limit 1)
        and d.seq > $3
      order by d.seq limit $5`,
    [o.campaignId, o.accountId, o.after, o.zone, BATCH]
  )
}

function cells(row: Row, t: (key: string) => string) {
  return [
    /** Who has no address of their own in the run stands under a made-up one */
    row.address.startsWith('#') ? null : row.address,
    t(`ui.states.${isGivenUp(row.reason) ? 'unsent' : row.state}`),
    row.reason === null
      ? null
      : t(`${row.state === 'excluded' ? 'campaigns.excluded' : 'reporting.reasons'}.${row.reason}`),
    row.detail,
    row.outcome_at,
    row.opened_at,
    row.clicked_at,
  ]
}
