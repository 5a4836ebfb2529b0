import { sql } from '#core/database/sql'
import { failureWeight } from './failure_weight.js'
import { PLUGIN_FAILURE_CODES, type PluginFailureCode } from '../errors.js'

export type PluginFailure = {
  readonly pluginId: string
  readonly code: PluginFailureCode
  readonly operation: string
  readonly detail: string
}

/** Failures within the window that send a plugin to quarantine */
export type FailureBudget = { readonly limit: number; readonly windowMs: number }

/**
 * Writes a failure down and decides on quarantine, in one statement, so that all processes count together.
 * The count cannot see the row that the same statement inserts, hence the plus one.
 *
 * @returns whether the plugin went into quarantine by this failure
 */
export async function recordFailure(
  failure: PluginFailure,
  budget: FailureBudget
): Promise<{ quarantined: boolean }> {
  const weight = failureWeight(failure.code)
  const limit = weight === 'at_once' ? 1 : weight === 'counted' ? budget.limit : null
  const rows = await sql<{ id: string }>(
    `with known as (select id from plugins where id = $1),
     written as (insert into plugin_failures (plugin_id, code, operation, detail) select id, $2,
       $3, $4 from known returning plugin_id),
     recent as (
       select count(*) + 1 as failures from plugin_failures
       where plugin_id = $1 and at > now() - $6::int * interval '1 millisecond'
         and code = any($7::text[])
     )
     update plugins set quarantined_at = now(), quarantine_code = $2, quarantine_reason = $4,
       updated_at = now()
     from recent
     where id = $1 and quarantined_at is null and recent.failures >= $5::int
       and exists (select from written)
     returning id`,
    [
      failure.pluginId,
      failure.code,
      failure.operation,
      failure.detail.slice(0, 2_000),
      limit,
      budget.windowMs,
      COUNTED,
    ]
  )
  return { quarantined: rows.length > 0 }
}

const WEIGHTS: Readonly<Record<PluginFailureCode, ReturnType<typeof failureWeight>>> =
  Object.fromEntries(PLUGIN_FAILURE_CODES.map((code) => [code, failureWeight(code)])) as Record<
    PluginFailureCode,
    ReturnType<typeof failureWeight>
  >
const COUNTED = PLUGIN_FAILURE_CODES.filter((code) => WEIGHTS[code] === 'counted')

/** Whether a code is a failure of the plugin; the others are refusals, which are nobody's fault */
export function isFailureCode(code: string): code is PluginFailureCode {
  return code in WEIGHTS
}
