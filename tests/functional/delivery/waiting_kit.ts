import { randomUUID } from 'node:crypto'
import { sql } from '#core/database/sql'
import { createStaffMember } from '#core/identity/accounts/create_staff_member'
import { THIS_WORKER } from '#core/jobs/this_worker'

/** A worker on the list, until the function that it returns is called */
export async function aWorker(): Promise<() => Promise<void>> {
  await sql(
    `insert into workers (id, host, pid, figures) values ($1::uuid, 'machine-1', 4242, '{"rss": 104857600}')`,
    [THIS_WORKER]
  )
  return async () => {
    await sql('delete from workers where id = $1::uuid', [THIS_WORKER])
  }
}

export const aStaffMember = (role: 'admin' | 'support') =>
  createStaffMember({
    email: `${randomUUID()}@griot.test`,
    fullName: role === 'admin' ? 'Ama Diop' : 'Kofi Mensah',
    password: 'une phrase assez longue',
    role,
  })
