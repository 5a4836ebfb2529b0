import { Bouncer } from '@adonisjs/bouncer'
import type { Role } from '#core/identity/accounts/role'

export type StaffRole = 'admin' | 'support'

/** Who asks: somebody of a client account, or of the operator, with their role there */
export type Asker =
  | { readonly face: 'portal'; readonly role: Role }
  | { readonly face: 'admin'; readonly role: StaffRole }

/**
 * Who may what: the one table of the house. A right of the portal is about one's own account; a right of the admin about all of them.
 * What is not named may be done by everybody of that face.
 */
const RIGHTS = {
  'account.manage': { portal: ['owner'] },
  'members.manage': { portal: ['owner'] },
  'wallet.view': { portal: ['owner', 'manager', 'reader'] },
  'wallet.topup': { portal: ['owner'] },
  'contacts.view': { portal: ['owner', 'manager', 'reader'] },
  'contacts.edit': { portal: ['owner', 'manager'] },
  'templates.edit': { portal: ['owner', 'manager'] },
  'campaigns.view': { portal: ['owner', 'manager', 'reader'] },
  'campaigns.edit': { portal: ['owner', 'manager'] },
  'campaigns.launch': { portal: ['owner', 'manager'] },
  'reports.export': { portal: ['owner', 'manager'] },
  'conversations.view': { portal: ['owner', 'manager', 'reader'] },
  'conversations.edit': { portal: ['owner', 'manager'] },

  'staff.manage': { admin: ['admin'] },
  'clients.suspend': { admin: ['admin'] },
  'engine.operate': { admin: ['admin'] },
  /** Credit to wallets, prices of services */
  'money.move': { admin: ['admin'] },
  /** What a plugin may do concerns money and people: support looks, administrators decide */
  'plugins.manage': { admin: ['admin'] },
  /** Words by which people end messages: the law asks for some of them */
  'words.manage': { admin: ['admin'] },
} as const satisfies Record<
  string,
  { readonly portal: readonly Role[] } | { readonly admin: readonly StaffRole[] }
>

export type Permission = keyof typeof RIGHTS

export const PERMISSIONS = Object.keys(RIGHTS) as readonly Permission[]

/** Whether the table gives somebody a right */
export function hasRight(asker: Asker, permission: Permission): boolean {
  const right: { portal?: readonly string[]; admin?: readonly string[] } = RIGHTS[permission]
  return right[asker.face]?.includes(asker.role) ?? false
}

/** The one ability that requests are asked for */
export const may = Bouncer.ability((asker: Asker, permission: Permission) =>
  hasRight(asker, permission)
)
