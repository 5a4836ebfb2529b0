/**
 * Turns what Postgres printed as it ended into a sentence and a cure, with its own last words under it.
 *
 * @param o.output what the server or initdb wrote
 * @param o.folder the folder of the cluster, as a person knows it
 * @param o.ran whether the server had been up before: then the folder is not what is wrong
 */
export function explainPostgres(o: { output: string; folder: string; ran?: boolean }): string {
  const words = o.output.trim().split('\n').slice(-4).join('\n')
  const said = words ? `\n${words}` : ''
  if (/No space left on device|could not extend|disk full|wrote only \d+ of/i.test(o.output)) {
    return `The disk that holds ${o.folder} is full. Free some space and start again; nothing was lost.${said}`
  }
  if (/lock file .* already exists/i.test(o.output)) {
    return `Another Griot is using ${o.folder}. Stop it first, or give this one a folder of its own with GRIOT_DATA.`
  }
  if (/initialized by PostgreSQL version/i.test(o.output)) {
    return `${o.folder} was made by another version of Postgres. Dump it with that version and load it here, or move the folder away.${said}`
  }
  if (/password authentication failed/i.test(o.output)) {
    return `The password in ${o.folder}.password is not the one of the database beside it. Restore that file, or move the folder away to begin with an empty database.`
  }
  if (o.ran) {
    return `The database in ${o.folder} ended by itself. Start again: it repairs what was left open.${said}`
  }
  return `The database in ${o.folder} does not start; it may be damaged. Restore a backup of the folder, or move it away to begin with an empty one.${said}`
}
