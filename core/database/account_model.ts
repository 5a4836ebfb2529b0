import { BaseModel } from '@adonisjs/lucid/orm'
import type { LucidModel, ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { UnscopedQueryError } from './errors.js'

type Options = { client?: QueryClientContract }

/**
 * Base of every model that belongs to an account. `query()`, and with it `find`, `findBy`, `first`… throw, so
 * that forgetting the account fails at once, in every test that touches the line. Two doors remain:
 * `Model.in(accountId)` and, for the admin and for jobs, `Model.acrossAccounts('why')`.
 */
export class AccountModel extends BaseModel {
  static override query(): never {
    throw new UnscopedQueryError(this.name)
  }

  /** Queries the rows of one account */
  static in<T extends LucidModel>(this: T, accountId: string, options?: Options): ModelQueryBuilderContract<T> {
    return (BaseModel.query.call(this, options) as unknown as ModelQueryBuilderContract<T>).where(
      `${this.table}.account_id`,
      accountId
    )
  }

  /**
   * Queries the rows of all accounts.
   * @param _why one phrase for the reader of the code: who may see across accounts here
   */
  static acrossAccounts<T extends LucidModel>(this: T, _why: string, options?: Options): ModelQueryBuilderContract<T> {
    return BaseModel.query.call(this, options) as unknown as ModelQueryBuilderContract<T>
  }
}
