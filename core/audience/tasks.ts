import type { JobHelpers } from 'graphile-worker'
import { tasks } from '#core/jobs/task_registry'
import { failImport, importContacts } from './imports/import_contacts.js'

declare global {
  namespace GraphileWorker {
    interface Tasks {
      'audience.import': { importId: string }
    }
  }
}

/** Jobs of the domain */
export function registerAudienceTasks() {
  tasks.add({ name: 'audience.import', handler: importFile })
}

async function importFile(payload: unknown, helpers: JobHelpers) {
  const importId = (payload as { importId?: unknown } | null)?.importId
  if (typeof importId !== 'string') return
  try {
    await importContacts({ importId, signal: helpers.abortSignal })
  } catch (error) {
    if (helpers.job.attempts >= helpers.job.max_attempts)
      await failImport({ importId, code: 'E_IMPORT_FAILED' })
    throw error
  }
}
