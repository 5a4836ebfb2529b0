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
  static override query<T extends LucidModel, Result = InstanceType<T>>(
    this: T,
    options?: Options
  ): ModelQueryBuilderContract<T, Result> {
    const { name } = this
    const { client } = BaseModel.query.call(this, options)
    /** Lucid itself asks a query for its client, to format dates. Anything else is a query without an account */
    return new Proxy({ client } as unknown as ModelQueryBuilderContract<T, Result>, {
      get(target, key) {
        if (key === 'client') return target.client
        throw new UnscopedQueryError(name)
      },
    })
  }

  /** Queries the rows of one account */
  static in<T extends LucidModel>(
    this: T,
    accountId: string,
    options?: Options
  ): ModelQueryBuilderContract<T> {
    return (BaseModel.query.call(this, options) as unknown as ModelQueryBuilderContract<T>).where(
      `${this.table}.account_id`,
      accountId
    )
  }

  /**
   * Queries the rows of all accounts.
   * @param _why one phrase for the reader of the code: who may see across accounts here
   */
  static acrossAccounts<T extends LucidModel>(
    this: T,
    _why: string,
    options?: Options
  ): ModelQueryBuilderContract<T> {
    return BaseModel.query.call(this, options) as unknown as ModelQueryBuilderContract<T>
  }
}
