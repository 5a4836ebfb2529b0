import { sql } from '#core/database/sql'

export type BrokenInvariant = {
  readonly invariant: string
  readonly subject: string
  readonly off: string
}

/** What is wrong in the books. Empty at all times, or somebody must be woken */
export async function brokenInvariants(): Promise<BrokenInvariant[]> {
  return sql<BrokenInvariant>('select invariant, subject, off::text from ledger_invariants')
}
