import { chownSync, existsSync, mkdirSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseFolderError } from '../errors.js'

/** Bytes that must be free before a start: an empty cluster with its first journal takes some 60 MB */
const ENOUGH_BYTES = 100_000_000

/**
 * Makes the folder of a cluster, or looks whether it can be used, before anything is written into it.
 *
 * @param o.owner the user id that the server runs under; undefined where there are none (Windows)
 * @param o.handOver whether a new folder is given to that user: we are root and the server must not be
 * @returns whether there is a cluster in it already
 * @throws DatabaseFolderError naming the folder and the cure
 */
export function prepareDatabaseFolder(o: {
  folder: string
  owner: number | undefined
  handOver: boolean
}): { made: boolean } {
  const { folder } = o
  try {
    mkdirSync(dirname(folder), { recursive: true })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (o.handOver && o.owner !== undefined && statSync(folder).uid === 0)
      chownSync(folder, o.owner, o.owner)
  } catch (cause) {
    throw new DatabaseFolderError(unusable(folder, cause as NodeJS.ErrnoException), { cause })
  }

  const { uid } = statSync(folder)
  if (o.owner !== undefined && uid !== o.owner) {
    throw new DatabaseFolderError(
      `The database folder ${folder} belongs to another user (uid ${uid}). ` +
        'Start Griot as the user who made it, or give this one a folder of its own with GRIOT_DATA.'
    )
  }
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < ENOUGH_BYTES) {
    throw new DatabaseFolderError(
      `The disk that holds ${folder} is full: ${Math.floor((bavail * bsize) / 1e6)} MB are free, and ${ENOUGH_BYTES / 1e6} MB are needed to start. ` +
        'Free some space and start again; nothing was lost.'
    )
  }

  const made = existsSync(join(folder, 'PG_VERSION'))
  if (!made && readdirSync(folder).length > 0) {
    throw new DatabaseFolderError(
      `The folder ${folder} holds files but no whole database: PG_VERSION is missing. ` +
        'Restore a backup of the folder, or move it away to begin with an empty database.'
    )
  }
  return { made }
}

function unusable(folder: string, cause: NodeJS.ErrnoException): string {
  const path = cause.path ?? folder
  switch (cause.code) {
    case 'EACCES':
    case 'EPERM':
      return `Griot may not write in ${dirname(path)}, where its data belongs. Start it as the user who owns that folder, or choose another with GRIOT_DATA.`
    case 'EROFS':
      return `${dirname(path)} is on a disk that can only be read. Choose another folder for the data with GRIOT_DATA.`
    case 'ENOSPC':
      return `The disk that holds ${folder} is full. Free some space and start again; nothing was lost.`
    case 'EEXIST':
    case 'ENOTDIR':
      return `${path} is a file, and the data needs a folder there. Move it away, or choose another folder with GRIOT_DATA.`
    default:
      return `The folder ${folder} cannot be used (${cause.message}). Choose another with GRIOT_DATA.`
  }
}
