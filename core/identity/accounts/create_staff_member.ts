import { AddressTakenError } from '../errors.js'
import StaffMember from '../models/staff_member.js'

/**
 * Adds a person of the operator.
 * @throws AddressTakenError when they are there already
 */
export async function createStaffMember(o: {
  fullName: string
  email: string
  password: string
  role?: 'admin' | 'support'
  locale?: string
}): Promise<StaffMember> {
  const email = o.email.trim().toLowerCase()
  if (await StaffMember.findBy('email', email))
    throw new AddressTakenError('This address belongs to a staff member')
  return StaffMember.create({
    email,
    password: o.password,
    fullName: o.fullName,
    role: o.role ?? 'admin',
    locale: o.locale ?? 'fr',
  })
}
