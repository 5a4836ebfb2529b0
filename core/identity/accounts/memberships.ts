import type { Role } from './role.js'
import { sql } from '#core/database/sql'

export type Membership = {
  readonly accountId: string
  readonly accountName: string
  readonly role: Role
  readonly first: boolean
}

/** The accounts a person belongs to, by name; `first` is the one of the oldest membership */
export async function membershipsOf(userId: string): Promise<Membership[]> {
  return sql<Membership>(
    `select m.account_id "accountId", a.name "accountName", m.role,
            row_number() over (order by m.created_at, a.id) = 1 "first"
       from memberships m join accounts a on a.id = m.account_id
      where m.user_id = $1::uuid order by a.name, a.id`,
    [userId]
  )
}
