import { KernelError } from '#core/errors/kernel_error'
import type { FieldProblem } from '#core/http/forms/say_problems'

/*
|--------------------------------------------------------------------------
| What can go wrong with a plugin
|--------------------------------------------------------------------------
|
| Every failure of a plugin reaches its caller as a PluginError with one of these codes; nothing else escapes
| from `pluginKernel.call`. How loud a code is stands in failure_weight.ts.
|
*/

/** Codes that are written to plugin_failures */
export const PLUGIN_FAILURE_CODES = [
  'E_PLUGIN_THREW',
  'E_PLUGIN_TIMEOUT',
  'E_PLUGIN_WRONG_RESULT',
  'E_PLUGIN_NOT_GRANTED',
  'E_PLUGIN_IMPORT',
  'E_PLUGIN_BOOT_TIMEOUT',
  'E_PLUGIN_MANIFEST_MISMATCH',
  'E_PLUGIN_BLOCKED',
  'E_PLUGIN_UNHANDLED',
  'E_PLUGIN_HOST_REFUSED',
  'E_PLUGIN_ADDRESS_REFUSED',
  'E_PLUGIN_NETWORK',
  'E_PLUGIN_REPLY_TOO_BIG',
  'E_PLUGIN_STORAGE_FULL',
  'E_PLUGIN_DATABASE',
  'E_PLUGIN_MIGRATION',
] as const
export type PluginFailureCode = (typeof PLUGIN_FAILURE_CODES)[number]

/** Codes of verbs that were refused; the plugin did nothing wrong */
export type PluginRefusalCode =
  | 'E_PLUGIN_UNKNOWN'
  | 'E_PLUGIN_UNKNOWN_CALL'
  | 'E_PLUGIN_HANDLE_GONE'
  | 'E_PLUGIN_UNAVAILABLE'
  | 'E_PLUGIN_ABORTED'
  | 'E_PLUGIN_MANIFEST'
  | 'E_PLUGIN_INCOMPATIBLE'
  | 'E_PLUGIN_TRANSITION'
  | 'E_PLUGIN_CONSENT'
  | 'E_PLUGIN_SETTINGS'
  | 'E_PLUGIN_OPEN_WORK'
  | 'E_PLUGIN_BUSY'
  | 'E_PLUGIN_DATABASE_ROLE'
  | 'E_PLUGIN_PURGE'
  | 'E_PLUGIN_PORT'

export type PluginErrorCode = PluginFailureCode | PluginRefusalCode

type Details = {
  readonly code: PluginErrorCode
  readonly pluginId: string
  /** What was being done: `enable`, `channels.email.send` */
  readonly operation: string
  /** Says what, which value, and what to do about it. For logs and for the operator; never personal data */
  readonly detail: string
  readonly cause?: unknown
  /** Values for the sentence shown to people */
  readonly data?: Readonly<Record<string, string | number>>
}

/** A plugin failed, or something was asked of it that its state does not allow */
export class PluginError extends KernelError {
  declare readonly code: PluginErrorCode
  readonly pluginId: string
  readonly operation: string
  readonly detail: string
  /** Sentence for people: `plugins.errors.<code in lower case without E_PLUGIN_>` */
  override readonly translation: {
    readonly key: string
    readonly data: Readonly<Record<string, string | number>>
  }

  constructor(details: Details) {
    super(`Plugin ${details.pluginId}, ${details.operation}: ${details.detail}`, {
      code: details.code,
      status: statusOf(details.code),
      ...(details.cause === undefined ? {} : { cause: details.cause }),
    })
    this.pluginId = details.pluginId
    this.operation = details.operation
    this.detail = details.detail
    this.translation = {
      key: `plugins.errors.${details.code.replace('E_PLUGIN_', '').toLowerCase()}`,
      data: {
        plugin: details.pluginId,
        operation: details.operation,
        detail: details.detail,
        ...details.data,
      },
    }
  }
}

function statusOf(code: PluginErrorCode): number {
  switch (code) {
    case 'E_PLUGIN_UNKNOWN':
    case 'E_PLUGIN_UNKNOWN_CALL':
      return 404
    case 'E_PLUGIN_TRANSITION':
    case 'E_PLUGIN_CONSENT':
    case 'E_PLUGIN_OPEN_WORK':
    case 'E_PLUGIN_BUSY':
      return 409
    case 'E_PLUGIN_MANIFEST':
    case 'E_PLUGIN_INCOMPATIBLE':
    case 'E_PLUGIN_SETTINGS':
      return 422
    case 'E_PLUGIN_UNAVAILABLE':
    case 'E_PLUGIN_ABORTED':
    case 'E_PLUGIN_HANDLE_GONE':
      return 503
    case 'E_PLUGIN_DATABASE_ROLE':
    case 'E_PLUGIN_PURGE':
    case 'E_PLUGIN_PORT':
      return 500
    case 'E_PLUGIN_THREW':
    case 'E_PLUGIN_TIMEOUT':
    case 'E_PLUGIN_WRONG_RESULT':
    case 'E_PLUGIN_NOT_GRANTED':
    case 'E_PLUGIN_IMPORT':
    case 'E_PLUGIN_BOOT_TIMEOUT':
    case 'E_PLUGIN_MANIFEST_MISMATCH':
    case 'E_PLUGIN_BLOCKED':
    case 'E_PLUGIN_UNHANDLED':
    case 'E_PLUGIN_HOST_REFUSED':
    case 'E_PLUGIN_ADDRESS_REFUSED':
    case 'E_PLUGIN_NETWORK':
    case 'E_PLUGIN_REPLY_TOO_BIG':
    case 'E_PLUGIN_STORAGE_FULL':
    case 'E_PLUGIN_DATABASE':
    case 'E_PLUGIN_MIGRATION':
      return 502
  }
}

/** What somebody typed does not fit a plugin's schema. Pages say it at the fields: core/http/forms/say_problems.ts */
export class ValuesRefusedError extends KernelError {
  static override readonly code = 'E_PLUGIN_VALUES'
  static override readonly status = 422
  override readonly translation = { key: 'plugins.errors.values', data: {} }

  constructor(
    /** What was filled in: the name that the form's fields begin with */
    readonly form: 'settings' | 'brief',
    readonly problems: readonly FieldProblem[]
  ) {
    super(
      `${form}: ${problems.map((problem) => `${problem.field} (${problem.rule})`).join(', ')} refused by the plugin's schema`
    )
  }
}

export type UnavailableReason = 'missing' | 'disabled' | 'quarantined' | 'degraded'

/** A channel was asked for that cannot be used now */
export class ChannelUnavailableError extends KernelError {
  static override readonly code = 'E_CHANNEL_UNAVAILABLE'
  static override readonly status = 503
  override readonly translation: {
    readonly key: string
    readonly data: { readonly channel: string }
  }

  constructor(
    readonly channelId: string,
    readonly reason: UnavailableReason,
    readonly pluginId: string | null
  ) {
    super(
      `Channel ${channelId} cannot be used: ${reason}${pluginId ? ` (plugin ${pluginId})` : ''}. An admin sees why at /admin/plugins`
    )
    this.translation = { key: `plugins.errors.channel_${reason}`, data: { channel: channelId } }
  }
}

/** A payment gateway was asked for that cannot be used now */
export class GatewayUnavailableError extends KernelError {
  static override readonly code = 'E_GATEWAY_UNAVAILABLE'
  static override readonly status = 503
  override readonly translation = { key: 'plugins.errors.gateway_unavailable', data: {} }

  constructor(
    readonly gatewayId: string,
    readonly reason: UnavailableReason
  ) {
    super(
      `Payment gateway ${gatewayId} cannot be used: ${reason}. An admin sees why at /admin/plugins`
    )
  }
}
