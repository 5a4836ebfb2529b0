import { sql } from '#core/database/sql'

/** Something that only the client can move on */
export type Waiting = {
  readonly kind:
    | 'draft'
    | 'quoted'
    | 'paid'
    | 'paused'
    | 'failed'
    | 'import_mapping'
    | 'import_failed'
    | 'empty_wallet'
    | 'missing_money'
  readonly id: string | null
  readonly name: string
  readonly at: Date | null
  /** Minor units, where money is what is missing */
  readonly amount: bigint | null
}

/** Rows of one kind: a page of reminders, not a list */
const SHOWN = 5
/** Days after which what failed is no longer news */
const NEWS_DAYS = 7

/**
 * What waits for the people of an account: drafts to end, prices to accept, campaigns that stand still, files to map, money to add.
 *
 * @param o.available minor units that can be spent
 */
export async function waitingFor(o: { accountId: string; available: bigint }): Promise<Waiting[]> {
  const [campaigns, imports] = await Promise.all([
    sql<Waiting>(
      `select case when c.state = 'quoted' and q.maximum > $2::bigint and q.expires_at > now()
        then 'missing_money' else c.state end kind, c.id, c.name, c.updated_at at,
              case when c.state = 'quoted' and q.maximum > $2::bigint and q.expires_at > now()
                then q.maximum - $2::bigint end amount
         from campaigns c left join quotes q on q.id = c.quote_id
        where c.account_id = $1::uuid
          and (c.state in ('draft', 'quoted', 'paid', 'paused') or (c.state = 'failed'
            and c.updated_at > now() - $4 * interval '1 day'))
        order by case c.state when 'failed' then 0 when 'paused' then 1 when 'paid' then 2
          when 'quoted' then 3 else 4 end, c.id desc limit $3`,
      [o.accountId, o.available.toString(), SHOWN, NEWS_DAYS]
    ),
    sql<Waiting>(
      `select case when state = 'uploaded' then 'import_mapping' else 'import_failed' end kind, id,
        file_name "name", created_at at, null::bigint amount
         from imports
        where account_id = $1::uuid and state in ('uploaded', 'failed')
          and created_at > now() - $3 * interval '1 day'
        order by id desc limit $2`,
      [o.accountId, SHOWN, NEWS_DAYS]
    ),
  ])
  const empty: Waiting[] =
    o.available === 0n ? [{ kind: 'empty_wallet', id: null, name: '', at: null, amount: null }] : []
  return [...empty, ...campaigns, ...imports]
}
