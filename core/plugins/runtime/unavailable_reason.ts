import type { UnavailableReason } from '../errors.js'
import type { PluginStatus } from '../types.js'

/** What a status means for somebody who wants to use a channel */
export function unavailableReason(status: PluginStatus): UnavailableReason {
  switch (status) {
    case 'discovered':
    case 'invalid':
    case 'incompatible':
    case 'missing':
    case 'uninstalling':
      return 'missing'
    case 'disabled':
    case 'upgrading':
      return 'disabled'
    case 'quarantined':
      return 'quarantined'
    /** Enabled, yet not in this process: it is being started, or could not be */
    case 'enabled':
    case 'degraded':
      return 'degraded'
  }
}
