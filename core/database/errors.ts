/** The embedded database cannot be used; the message says which folder and what to do */
export class DatabaseFolderError extends Error {
  static code = 'E_DATABASE_FOLDER'
  code = DatabaseFolderError.code
}
