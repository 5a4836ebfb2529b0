/** The embedded database cannot be used; the message says which folder and what to do */
export class DatabaseFolderError extends Error {
  static code = 'E_DATABASE_FOLDER'
  code = DatabaseFolderError.code
}

/** Somebody queried an account's rows without saying which account */
export class UnscopedQueryError extends Error {
  static code = 'E_QUERY_UNSCOPED'
  code = UnscopedQueryError.code

  constructor(model: string) {
    super(
      `${model} belongs to an account: use ${model}.in(accountId), or ${model}.acrossAccounts('why')`
    )
  }
}

/** The database was made by a version whose migrations are not known any more: none of it was changed */
export class DatabaseTooOldError extends Error {
  static code = 'E_DATABASE_TOO_OLD'
  code = DatabaseTooOldError.code

  constructor(migration: string) {
    super(
      `This database was made by an earlier version of Griot, which is not carried over: it has the migration "${migration}", and this version has not. ` +
        'Nothing was changed. Name another, empty database in DATABASE_URL; the embedded one begins anew when GRIOT_DATA names another folder, or when var/postgres was moved away.'
    )
  }
}
