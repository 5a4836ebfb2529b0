import type { Role } from './role.js'
import { sql } from '#core/database/sql'

export type Membership = {
  readonly accountId: string
  readonly accountName: string
  readonly role: Role
}

/** The accounts a person belongs to, by name */
export async function membershipsOf(userId: string): Promise<Membership[]> {
  return sql<Membership>(
    `select m.account_id "accountId", a.name "accountName", m.role from memberships m join accounts a on a.id = m.account_id where m.user_id = $1::uuid order by a.name, a.id`,
    [userId]
  )
}
