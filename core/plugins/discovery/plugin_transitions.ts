import type { PluginStatus } from '../types.js'

/** What an admin may ask for */
export type PluginVerb =
  'install' | 'enable' | 'disable' | 'upgrade' | 'resume' | 'save_settings' | 'uninstall' | 'purge'

/** What happens without being asked for */
export type PluginHappening =
  | 'files_found'
  | 'files_gone'
  | 'files_back'
  | 'files_newer'
  | 'manifest_broken'
  | 'manifest_fixed'
  | 'host_refuses'
  | 'host_accepts'
  | 'trip'
  | 'check_failed'
  | 'check_passed'
  | 'step_failed'

export type PluginTransition = {
  readonly from: PluginStatus | 'absent'
  readonly by: PluginVerb | PluginHappening
  readonly to: PluginStatus | 'absent'
}

const transition = (
  from: PluginTransition['from'],
  by: PluginTransition['by'],
  to: PluginTransition['to']
): PluginTransition => ({ from, by, to })

/**
 * Every way from one status to another. The verbs refuse what is not here, the admin shows a button for each verb
 * that is, and a test walks the table: every status can be reached, and every status can be left.
 */
export const PLUGIN_TRANSITIONS: readonly PluginTransition[] = [
  transition('absent', 'files_found', 'discovered'),
  transition('absent', 'manifest_broken', 'invalid'),
  transition('absent', 'host_refuses', 'incompatible'),

  transition('discovered', 'install', 'disabled'),
  transition('discovered', 'purge', 'discovered'),
  transition('discovered', 'files_gone', 'absent'),
  transition('discovered', 'manifest_broken', 'invalid'),

  transition('invalid', 'manifest_fixed', 'discovered'),
  transition('invalid', 'manifest_fixed', 'disabled'),
  transition('invalid', 'manifest_fixed', 'enabled'),
  transition('invalid', 'files_gone', 'absent'),
  transition('invalid', 'disable', 'invalid'),
  transition('invalid', 'uninstall', 'uninstalling'),
  transition('invalid', 'purge', 'uninstalling'),

  transition('incompatible', 'host_accepts', 'discovered'),
  transition('incompatible', 'host_accepts', 'disabled'),
  transition('incompatible', 'host_accepts', 'enabled'),
  transition('incompatible', 'files_gone', 'missing'),
  transition('incompatible', 'disable', 'incompatible'),
  transition('incompatible', 'uninstall', 'uninstalling'),
  transition('incompatible', 'purge', 'uninstalling'),

  transition('disabled', 'enable', 'enabled'),
  transition('disabled', 'enable', 'degraded'),
  transition('disabled', 'trip', 'quarantined'),
  transition('disabled', 'save_settings', 'disabled'),
  transition('disabled', 'files_newer', 'upgrading'),
  transition('disabled', 'files_gone', 'missing'),
  transition('disabled', 'manifest_broken', 'invalid'),
  transition('disabled', 'host_refuses', 'incompatible'),
  transition('disabled', 'uninstall', 'uninstalling'),
  transition('disabled', 'purge', 'uninstalling'),

  transition('enabled', 'disable', 'disabled'),
  transition('enabled', 'trip', 'quarantined'),
  transition('enabled', 'check_failed', 'degraded'),
  transition('enabled', 'save_settings', 'enabled'),
  transition('enabled', 'files_newer', 'upgrading'),
  transition('enabled', 'files_gone', 'missing'),
  transition('enabled', 'manifest_broken', 'invalid'),
  transition('enabled', 'host_refuses', 'incompatible'),

  transition('degraded', 'check_passed', 'enabled'),
  transition('degraded', 'save_settings', 'enabled'),
  transition('degraded', 'disable', 'disabled'),
  transition('degraded', 'trip', 'quarantined'),
  transition('degraded', 'files_gone', 'missing'),
  transition('degraded', 'files_newer', 'upgrading'),

  transition('upgrading', 'upgrade', 'enabled'),
  transition('upgrading', 'upgrade', 'disabled'),
  transition('upgrading', 'step_failed', 'upgrading'),
  transition('upgrading', 'disable', 'upgrading'),
  transition('upgrading', 'files_gone', 'missing'),
  transition('upgrading', 'uninstall', 'uninstalling'),
  transition('upgrading', 'purge', 'uninstalling'),

  transition('quarantined', 'resume', 'enabled'),
  transition('quarantined', 'resume', 'degraded'),
  transition('quarantined', 'resume', 'disabled'),
  transition('quarantined', 'disable', 'disabled'),
  transition('quarantined', 'save_settings', 'quarantined'),
  transition('quarantined', 'files_newer', 'upgrading'),
  transition('quarantined', 'files_gone', 'missing'),
  transition('quarantined', 'uninstall', 'uninstalling'),
  transition('quarantined', 'purge', 'uninstalling'),

  transition('uninstalling', 'uninstall', 'discovered'),
  transition('uninstalling', 'purge', 'discovered'),
  transition('uninstalling', 'uninstall', 'missing'),
  transition('uninstalling', 'purge', 'absent'),
  transition('uninstalling', 'step_failed', 'uninstalling'),

  transition('missing', 'files_back', 'enabled'),
  transition('missing', 'files_back', 'disabled'),
  transition('missing', 'files_back', 'discovered'),
  transition('missing', 'disable', 'missing'),
  transition('missing', 'uninstall', 'uninstalling'),
  transition('missing', 'purge', 'uninstalling'),
]

const VERBS: readonly PluginVerb[] = [
  'install',
  'enable',
  'disable',
  'upgrade',
  'resume',
  'save_settings',
  'uninstall',
  'purge',
]

/** The verbs that a status allows, for buttons and refusals */
export function verbsFrom(status: PluginStatus): readonly PluginVerb[] {
  return VERBS.filter((verb) =>
    PLUGIN_TRANSITIONS.some((known) => known.from === status && known.by === verb)
  )
}
