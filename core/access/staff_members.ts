import { inTransaction } from '#core/database/in_transaction'
import { DateTime } from 'luxon'
import { sql } from '#core/database/sql'
import StaffMember from '#core/identity/models/staff_member'
import { endSessions } from '#core/identity/sessions/sessions'
import { LastAdminError } from './errors.js'

/**
 * Changes the role of a staff member, or closes and reopens their access. Their sessions end.
 *
 * @throws LastAdminError when no administrator would be left
 * @throws E_ROW_NOT_FOUND
 */
export async function changeStaffMember(o: {
  id: string
  role?: 'admin' | 'support'
  disabled?: boolean
  /** Session of the browser in which this is done */
  except?: string
  now: Date
}): Promise<StaffMember> {
  const changed = await inTransaction(async (trx) => {
    /** Whoever changes the staff waits here for the other: two administrators cannot close each other out */
    await sql(`select pg_advisory_xact_lock(hashtextextended('access.staff', 0))`, [], trx)
    const member = await StaffMember.query({ client: trx }).where('id', o.id).firstOrFail()
    const leaves =
      member.role === 'admin' && !member.disabledAt && (o.disabled === true || o.role === 'support')
    if (leaves) {
      const others = await StaffMember.query({ client: trx })
        .where('role', 'admin')
        .whereNull('disabled_at')
        .whereNot('id', member.id)
        .first()
      if (!others) throw new LastAdminError('One administrator must remain')
    }
    if (o.role) member.role = o.role
    if (o.disabled !== undefined) member.disabledAt = o.disabled ? DateTime.fromJSDate(o.now) : null
    return member.useTransaction(trx).save()
  })
  await endSessions({ guard: 'admin', personId: o.id, except: o.except })
  return changed
}
