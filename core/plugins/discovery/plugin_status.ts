import semver from 'semver'
import type { FoundPlugin, PluginRow, PluginStatus } from '../types.js'

/** Why a plugin has its status: key of a sentence (`plugins.why.…`) and its values */
export type StatusReason = { readonly key: string; readonly data: Readonly<Record<string, string>> }
export type DerivedStatus = { readonly status: PluginStatus; readonly why: StatusReason | null }

/**
 * Derives the status of a plugin from what is on disk and what is in the database. Nothing is stored, so every
 * process comes to the same answer.
 *
 * @param o.found what discovery found, null when the files are gone
 * @param o.row null when the plugin was never installed
 * @param o.safeMode only bundled plugins are started
 */
export function pluginStatus(o: {
  found: FoundPlugin | null
  row: PluginRow | null
  safeMode: boolean
}): DerivedStatus {
  const { found, row } = o
  if (row?.operation === 'uninstalling')
    return is('uninstalling', 'uninstalling', { error: row.operation_error ?? '' })
  if (!found) return is('missing', row?.version ? 'missing' : 'missing_kept')
  if (found.manifest === null) return is('invalid', 'invalid', { problem: found.problems[0] ?? '' })
  if (found.incompatible !== null)
    return is('incompatible', 'incompatible', { problem: found.incompatible })

  const installed = row && row.version !== '' && row.operation !== 'installing'
  if (!installed)
    return row?.version === '' ? is('discovered', 'kept_data') : { status: 'discovered', why: null }

  if (row.operation === 'upgrading') return is('upgrading', 'upgrading', versions(found, row))
  if (semver.gt(found.version, row.version)) {
    return row.operation_error
      ? is('upgrading', 'upgrade_failed', { ...versions(found, row), error: row.operation_error })
      : is('upgrading', 'upgrade_waiting', versions(found, row))
  }
  if (semver.lt(found.version, row.version))
    return is('incompatible', 'downgrade', versions(found, row))

  if (row.quarantined_at) {
    return is('quarantined', 'quarantined', {
      code: row.quarantine_code ?? '',
      reason: row.quarantine_reason ?? '',
    })
  }
  if (row.desired === 'disabled')
    return row.operation_error
      ? is('disabled', 'enable_failed', { error: row.operation_error })
      : { status: 'disabled', why: null }
  if (o.safeMode && !found.bundled) return is('disabled', 'safe_mode')
  if (row.health === 'degraded') return is('degraded', 'degraded', { detail: row.health_detail })
  return { status: 'enabled', why: null }
}

function is(
  status: PluginStatus,
  why: string,
  data: Readonly<Record<string, string>> = {}
): DerivedStatus {
  return { status, why: { key: `plugins.why.${why}`, data } }
}

const versions = (found: FoundPlugin, row: PluginRow) => ({ from: row.version, to: found.version })
