import type { Role } from './accounts/role.js'
import type Account from './models/account.js'
import type StaffMember from './models/staff_member.js'
import type User from './models/user.js'

/** Who asks, in the portal */
export type PortalVisitor = { readonly account: Account; readonly user: User; readonly role: Role }

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** Set by the middleware `portal`, on the routes that name it */
    portal: PortalVisitor
    /** Set by the middleware `admin`, on the routes that name it */
    staff: StaffMember
  }
}
