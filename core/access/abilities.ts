import type { Role } from '#core/identity/role'

/** What somebody may do inside a client account */
export type Permission =
  | 'account.manage'
  | 'members.manage'
  | 'wallet.view'
  | 'wallet.topup'
  | 'contacts.view'
  | 'contacts.edit'
  | 'templates.edit'
  | 'campaigns.view'
  | 'campaigns.edit'
  | 'campaigns.launch'
  | 'reports.export'

const READER: readonly Permission[] = ['wallet.view', 'contacts.view', 'campaigns.view']
const MANAGER: readonly Permission[] = [
  ...READER,
  'contacts.edit',
  'templates.edit',
  'campaigns.edit',
  'campaigns.launch',
  'reports.export',
]

/** Rights by role: each role has those of the one before */
const RIGHTS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  reader: new Set(READER),
  manager: new Set(MANAGER),
  owner: new Set([
    ...MANAGER,
    'account.manage',
    'members.manage',
    'wallet.topup',
  ] satisfies Permission[]),
}

/** Whether a role has a right */
export function can(role: Role, permission: Permission): boolean {
  return RIGHTS[role].has(permission)
}
