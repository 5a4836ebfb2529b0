import type { Movement } from './wallet_statement.js'

export type MovementRow = {
  readonly at: Date
  readonly kind: string
  readonly direction: 'in' | 'out'
  /** Minor units without sign: the direction says which way */
  readonly size: bigint
  readonly balanceAfter: bigint
  readonly label: string | null
  readonly href: string | null
  readonly reference: string
}

/**
 * Movements for a page.
 *
 * @param campaigns where campaigns stand in this face: `/portal/campaigns` or `/admin/campaigns`
 */
export function movementRows(movements: readonly Movement[], campaigns: string): MovementRow[] {
  return movements.map((movement) => ({
    at: movement.at,
    kind: movement.kind,
    direction: movement.amount < 0n ? 'out' : 'in',
    size: movement.amount < 0n ? -movement.amount : movement.amount,
    balanceAfter: movement.balanceAfter,
    label: movement.label,
    href:
      movement.subjectType === 'campaign' && movement.subjectId
        ? `${campaigns}/${movement.subjectId}`
        : null,
    reference: movement.reference,
  }))
}
