import type { HttpContext } from '@adonisjs/core/http'

/** What a plugin may do concerns money and people: support looks, admins decide */
export class PluginsForAdminsError extends Error {
  static readonly code = 'E_PLUGIN_ADMINS_ONLY'
  readonly code = PluginsForAdminsError.code
  readonly status = 403
  readonly translation = { key: 'plugins.errors.admins_only', data: {} }
}

/** @throws E_PLUGIN_ADMINS_ONLY for staff of another role */
export function requireAdmin(ctx: HttpContext): void {
  if (ctx.staff.role !== 'admin')
    throw new PluginsForAdminsError('Only an admin may change plugins')
}
