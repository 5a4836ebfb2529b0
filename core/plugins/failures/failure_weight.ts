import type { PluginFailureCode } from '../errors.js'

/**
 * How loud a failure is. `at_once`: one is enough for quarantine. `counted`: five in a minute. `noted`: written
 * down only; a far side that is down is not the plugin's fault.
 */
export function failureWeight(code: PluginFailureCode): 'at_once' | 'counted' | 'noted' {
  switch (code) {
    case 'E_PLUGIN_IMPORT':
    case 'E_PLUGIN_BOOT_TIMEOUT':
    case 'E_PLUGIN_MANIFEST_MISMATCH':
    case 'E_PLUGIN_BLOCKED':
      return 'at_once'
    case 'E_PLUGIN_THREW':
    case 'E_PLUGIN_TIMEOUT':
    case 'E_PLUGIN_WRONG_RESULT':
    case 'E_PLUGIN_NOT_GRANTED':
    case 'E_PLUGIN_UNHANDLED':
    case 'E_PLUGIN_HOST_REFUSED':
    case 'E_PLUGIN_ADDRESS_REFUSED':
    case 'E_PLUGIN_STORAGE_FULL':
    case 'E_PLUGIN_DATABASE':
      return 'counted'
    case 'E_PLUGIN_NETWORK':
    case 'E_PLUGIN_REPLY_TOO_BIG':
    case 'E_PLUGIN_MIGRATION':
      return 'noted'
  }
}
