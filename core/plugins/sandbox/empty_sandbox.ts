import { sql } from '#core/database/sql'

/** Throws away everything that the simulators received until now. What arrives meanwhile stays */
export async function emptySandbox(): Promise<void> {
  await sql('delete from sandbox_messages where received_at <= now()')
}
