import { randomUUID } from 'node:crypto'

/** By what this process is known to others: as owner of leases, in the list of workers, in its heartbeat */
export const THIS_WORKER = randomUUID()
