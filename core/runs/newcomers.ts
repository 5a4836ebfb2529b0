import type { Newcomers } from '#core/audience/audience_facts'

/** Conditions for an audience of people whom none of these runs has reached. An address was in at most one of them */
export function newcomersTo(runIds: readonly number[]): Newcomers {
  return {
    runIds,
    reached: (placeholder, address) =>
      `exists (select 1 from deliveries d
         where d.run_id = any(${placeholder}::int[]) and d.address = ${address}
           and d.state <> 'excluded')`,
    known: (placeholder, address, contactId) =>
      `exists (select 1 from deliveries d
         where d.run_id = any(${placeholder}::int[]) and d.address in (${address},
           '#' || ${contactId}))`,
  }
}
