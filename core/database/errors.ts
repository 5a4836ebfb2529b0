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
